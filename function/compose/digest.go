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
	sum := sha256.Sum256(appendStruct(make([]byte, 0, enough), s))
	return hex.EncodeToString(sum[:])[:32]
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
