"""The ways in: the commands of the command line and the façade of the user's guide."""
