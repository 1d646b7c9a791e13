"""The proof tree's builder: branch and bound whose every leaf can be checked.

`lp` is the linear relaxation of a node, `search` asks the questions, `worker` is the
process it runs in and `session` what the search sees of that. What comes out is read by
`certificate.proof_tree`, which knows nothing of this folder.
"""
