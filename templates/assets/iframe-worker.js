/* Runs the search worker of pages opened by double-click (file://), where browsers refuse Worker.
   In: the address of a worker script. Out: an object with the part of Worker's interface that the
   search uses. The script runs in a hidden frame; nothing leaves the page, nothing is inline. */
(function () {
  "use strict";
  if (location.protocol !== "file:") return;
  var boot = document.currentScript.src.replace(/iframe-worker\.js$/, "iframe-worker-boot.js");

  function load(frame, address) {
    return new Promise(function (resolve, reject) {
      var script = frame.contentDocument.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = function () { reject(new Error("cannot load " + address)); };
      frame.contentDocument.body.appendChild(script);
    });
  }

  function FrameWorker(address) {
    var events = new EventTarget();
    var frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = "search worker";
    document.body.appendChild(frame);
    frame.contentWindow.toOwner = function (data) {
      events.dispatchEvent(new MessageEvent("message", { data: data }));
    };
    var ready = load(frame, boot).then(function () { return load(frame, String(address)); });
    events.postMessage = function (data) {
      ready.then(function () { frame.contentWindow.fromOwner(data); });
    };
    events.terminate = function () { frame.remove(); };
    return events;
  }

  window.Worker = FrameWorker;
})();
