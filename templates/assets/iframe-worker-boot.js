/* Runs first inside the hidden frame of iframe-worker.js: gives the search worker the two calls
   it knows from a real worker, postMessage and importScripts, and hands it what the page sends. */
(function () {
  "use strict";
  window.postMessage = function (data) { window.toOwner(data); };
  window.fromOwner = function (data) {
    window.dispatchEvent(new MessageEvent("message", { data: data }));
  };
  window.importScripts = function () {
    return Promise.all(Array.prototype.map.call(arguments, function (address) {
      return new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = reject;
        document.body.appendChild(script);
      });
    }));
  };
})();
