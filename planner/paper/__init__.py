"""What is printed: fonts, styles and sheets of PDF files, without the domain."""
