"""What fused kernels compute inside: attention of scaled dot products and of flex_attention."""
