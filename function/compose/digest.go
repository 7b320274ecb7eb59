package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"google.golang.org/protobuf/types/known/structpb"
)

// Digest of an object, 32 hexadecimal digits: equal for equal objects, whatever the
// order of their fields.
func Digest(s *structpb.Struct) string {
	const enough = 8 << 10 // A Deployment's, so that it is allocated once.
	return hash(appendStruct(make([]byte, 0, enough), s), 32)
}

// Hash of a text, in so many hexadecimal digits of at most 64.
func Hash(text string, digits int) string { return hash([]byte(text), digits) }

// HashOf texts, in so many hexadecimal digits of at most 64. No other texts have it, however
// they are divided.
func HashOf(digits int, texts ...string) string {
	var b []byte
	for _, text := range texts {
		b = append(strconv.AppendQuote(b, text), '\n')
	}
	return hash(b, digits)
}

func hash(b []byte, digits int) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:digits]
}

func appendStruct(b []byte, s *structpb.Struct) []byte {
	var few [16]string // Fields that most objects have room for, on the stack.
	fields := few[:0]
	for field := range s.GetFields() {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	b = append(b, '{')
	for _, field := range fields {
		b = appendString(b, field)
		b = appendValue(b, s.GetFields()[field])
	}
	return append(b, '}')
}

func appendValue(b []byte, v *structpb.Value) []byte {
	switch k := v.GetKind().(type) {
	case *structpb.Value_StructValue:
		return appendStruct(b, k.StructValue)
	case *structpb.Value_ListValue:
		b = append(b, '[')
		for _, item := range k.ListValue.GetValues() {
			b = appendValue(b, item)
		}
		return append(b, ']')
	case *structpb.Value_StringValue:
		return appendString(b, k.StringValue)
	case *structpb.Value_NumberValue:
		return append(strconv.AppendFloat(b, k.NumberValue, 'g', -1, 64), ',')
	case *structpb.Value_BoolValue:
		return append(strconv.AppendBool(b, k.BoolValue), ',')
	}
	return append(b, "null,"...)
}

// appendString with its length before it, so that no other strings could be meant.
func appendString(b []byte, s string) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, ':')
	return append(b, s...)
}
