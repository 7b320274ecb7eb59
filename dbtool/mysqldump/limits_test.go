package mysqldump

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
)

// TestCommentsTakeNoMemory however long they are.
func TestCommentsTakeNoMemory(t *testing.T) {
	const size = 64 << 20
	comment := bytes.Repeat([]byte("it's "), size/len("it's "))
	dump := io.MultiReader(strings.NewReader(head+"/* "), bytes.NewReader(comment), strings.NewReader("*/ UNLOCK TABLES;\n"+tail))
	before, after := runtime.MemStats{}, runtime.MemStats{}
	runtime.ReadMemStats(&before)
	st, err := NewReader(dump).Next()
	runtime.ReadMemStats(&after)
	if err != nil || string(st.Text) != "UNLOCK TABLES" {
		t.Fatalf("%q, %v", st.Text, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > size/4 {
		t.Errorf("a comment of %d bytes took %d", size, used)
	}
}
