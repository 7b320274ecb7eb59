package postgres

import (
	"bufio"
	"bytes"
	"io"
)

// copyData reads rows as they are, without the line that ends them. They are never
// looked at one by one.
type copyData struct {
	in *bufio.Reader
	// fresh says that a line begins.
	fresh bool
	ended bool
}

// Read returns an error marked as corrupt if the input ends before the rows do.
func (c *copyData) Read(p []byte) (int, error) {
	if c.ended {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if c.fresh {
		head, _ := c.in.Peek(4)
		if n := terminator(head); n > 0 {
			_, _ = c.in.Discard(n)
			c.ended = true
			return 0, io.EOF
		}
	}
	window, err := c.window()
	if err != nil {
		return 0, err
	}
	n := copy(p, window)
	c.fresh = p[n-1] == '\n'
	_, _ = c.in.Discard(n)
	return n, nil
}

// window is what can be returned without a look at what comes after it.
func (c *copyData) window() ([]byte, error) {
	if c.in.Buffered() == 0 {
		if _, err := c.in.Peek(1); err == io.EOF {
			return nil, truncated("in the rows of a table")
		} else if err != nil {
			return nil, err
		}
	}
	window, _ := c.in.Peek(c.in.Buffered())
	if i := bytes.Index(window, []byte("\n\\.")); i >= 0 {
		return window[:i+1], nil
	}
	// A backslash at the end may be the beginning of the line that ends the rows.
	if n := len(window); n > 1 && window[n-1] == '\\' && window[n-2] == '\n' {
		return window[:n-1], nil
	}
	return window, nil
}

// terminator is the length of the line that ends rows, 0 if it is another one.
func terminator(head []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte("\\.\n")), len(head) == 2 && string(head) == `\.`:
		return min(3, len(head))
	case string(head) == "\\.\r\n":
		return 4
	}
	return 0
}
