"""The desk: pages around the questions people bring, in the admin's frame."""
