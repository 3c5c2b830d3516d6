"""How attention is read from a model: as it really multiplied the values, streamed, untouched.

`extract.extract_attention` is the door. One `TorchFunctionMode` (`mode`) sees every attention the
model computes; `probabilities` recomputes softmax(QK/sqrt d) in blocks, `softmax` follows
hand-written ones, `reducers` takes the blocks as they come. Nothing is ever filled in.
"""
