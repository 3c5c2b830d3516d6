"""How attention is read from a model: as it really multiplied the values, streamed, untouched.

`extract.extract_attention` is the door. One `TorchFunctionMode` (`mode`) sees every attention the
model computes: `kernels/` computes softmax(QK/sqrt d) of torch's own kernels again in blocks,
`handwritten/` follows a softmax in the model's own code to the values it weighs. `reduce/` takes
the blocks as they come, `proof` holds each map against the model's own output, and `ablation/` puts
a mean in the place of what a head put out. Nothing is ever filled in.
"""
