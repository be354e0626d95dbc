module botbox.dev/go

go 1.24
