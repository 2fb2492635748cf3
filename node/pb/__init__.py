"""Generated protobuf and gRPC code: see proto/, written by proto/generate.py."""
