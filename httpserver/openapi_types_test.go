package httpserver

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// schema is what these tests look at of a schema.
type schema struct {
	Ref                  string            `json:"$ref"`
	Type                 string            `json:"type"`
	Format               string            `json:"format"`
	Required             []string          `json:"required"`
	Properties           map[string]schema `json:"properties"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"`
	Items                *schema           `json:"items"`
	OneOf                []schema          `json:"oneOf"`
	Enum                 []string          `json:"enum"`
	Examples             []json.RawMessage `json:"examples"`
	Codes                map[paylinks.Code]struct {
		Status  int    `json:"status"`
		Meaning string `json:"meaning"`
	} `json:"x-error-codes"`
}

// answers are the schemas of answers, and the types that are written.
var answers = map[string]any{
	"ErrorAnswer": api.ErrorAnswer{}, "Error": api.Error{}, "FieldError": paylinks.FieldError{}, "Messages": paylinks.Messages{}, "Replacement": api.Replacement{},

	"ProviderList": api.ProviderList{}, "Provider": api.Provider{}, "ProviderConfig": api.ProviderConfig{}, "ProviderEndpoints": api.ProviderEndpoints{},
	"RequestField": paylinks.Field{}, "Credential": paylinks.Credential{}, "AppParam": api.ProviderParam{},

	"CreatedPaylink": api.CreateAnswer{}, "Paylink": api.Paylink{}, "PaylinkList": api.PaylinkList{}, "CaptureAnswer": api.CaptureAnswer{},
	"ResolveAnswer": api.ResolveAnswer{}, "ForgetAnswer": api.ForgetAnswer{},
	"CancelAnswer": api.CancelAnswer{}, "RefundAnswer": api.RefundAnswer{}, "SendAnswer": api.SendAnswer{},
	"EventList": api.EventList{}, "Event": api.Event{}, "EventData": paylinks.EventData{}, "EventOperation": paylinks.EventOperation{},

	"OrderAnswer": api.OrderAnswer{}, "Order": api.Order{}, "OrderAttempt": api.OrderAttempt{}, "OrderList": api.OrderList{},

	"PaymentList": api.PaymentList{}, "Payment": api.Payment{}, "SyncStarted": api.SyncStarted{}, "Sync": api.Sync{}, "SkippedRow": paylinks.SkippedRow{},
	"ReportRow": api.ReportRow{}, "Report": struct {
		Rows []api.ReportRow `json:"rows"`
	}{},

	"Endpoint": api.Endpoint{}, "EndpointAnswer": api.EndpointAnswer{}, "EndpointList": api.EndpointList{}, "EndpointSecret": api.EndpointSecret{},
	"EventDelivery": api.Delivery{}, "DeliveryTry": api.DeliveryTry{}, "DeliveryAnswer": api.DeliveryAnswer{}, "DeliveryList": api.DeliveryList{},

	"WebhookAnswer": webhookAnswer{}, "Health": healthAnswer{},
}

// requests are the schemas of requests, and how they're read.
var requests = map[string]func(wire.Body) (any, []string, error){
	"CreatePaylinkRequest": func(b wire.Body) (any, []string, error) { return read(wire.DecodeCreate(b)) },
	"CaptureRequest":       func(b wire.Body) (any, []string, error) { return read(wire.DecodeCapture(b)) },
	"RefundRequest":        func(b wire.Body) (any, []string, error) { return read(wire.DecodeRefund(b)) },
	"ResolveRequest":       func(b wire.Body) (any, []string, error) { return read(wire.DecodeResolve(b)) },
	"CreateOrderRequest":   func(b wire.Body) (any, []string, error) { return read(wire.DecodeOrder(b)) },
	"NextProviderRequest":  func(b wire.Body) (any, []string, error) { return read(wire.DecodeNext(b)) },
	"SyncRequest":          func(b wire.Body) (any, []string, error) { return read(wire.DecodeSync(b)) },
	"EndpointRequest":      func(b wire.Body) (any, []string, error) { return read(wire.DecodeEndpoint(b)) },
}

func read[T any](req T, warnings []string, err error) (any, []string, error) {
	return req, warnings, err
}

// inside are schemas of objects in requests.
var inside = []string{"Item", "OrderDetails", "OrderLine"}

// Whatever has fields is compared with something.
func TestEverySchemaIsComparedWithItsType(t *testing.T) {
	t.Parallel()
	for name, s := range readDescription(t).Components.Schemas {
		if len(s.Properties) == 0 {
			continue
		}
		_, answer := answers[name]
		_, request := requests[name]
		assert.True(t, answer || request || slices.Contains(inside, name), name)
	}
}

func TestAnswersAreDescribedToTheLastField(t *testing.T) {
	t.Parallel()
	c := comparison{schemas: readDescription(t).Components.Schemas, constants: constants(t, "../paylinks"), names: map[reflect.Type]string{}}
	for name, value := range answers {
		c.names[reflect.TypeOf(value)] = name
	}
	for name, value := range answers {
		s, ok := c.schemas[name]
		require.True(t, ok, name)
		kind := reflect.TypeOf(value)
		fields := map[string]bool{}
		for i := range kind.NumField() {
			field := kind.Field(i)
			wire, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if wire == "-" {
				continue
			}
			fields[wire] = true
			property, ok := s.Properties[wire]
			if !assert.True(t, ok, "%s has no %s", name, wire) {
				continue
			}
			optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
			assert.Equal(t, !optional, slices.Contains(s.Required, wire), "%s.%s is required or not", name, wire)
			c.compare(t, name+"."+wire, property, field.Type)
		}
		for wire := range s.Properties {
			assert.True(t, fields[wire], "%s.%s is described, and the type has no such field", name, wire)
		}
	}
}

// comparison compares schemas with types.
type comparison struct {
	schemas map[string]schema
	names   map[reflect.Type]string
	// constants are those of package paylinks, by their type.
	constants map[string][]string
}

// resolve is the schema that one refers to, with its name.
func (c comparison) resolve(s schema) (schema, string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return c.schemas[name], name
	}
	return s, ""
}

func (c comparison) compare(t *testing.T, where string, property schema, kind reflect.Type) {
	t.Helper()
	s, name := c.resolve(property)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case kind == reflect.TypeFor[json.RawMessage]():
		assert.Equal(t, "object", s.Type, where)
	case kind == reflect.TypeFor[time.Time]():
		assert.Equal(t, "string date-time", s.Type+" "+s.Format, where)
	case kind.Kind() == reflect.Struct:
		assert.Equal(t, c.names[kind], name, where)
	case kind.Kind() == reflect.Slice:
		if assert.Equal(t, "array", s.Type, where) && assert.NotNil(t, s.Items, where) {
			c.compare(t, where+"[]", *s.Items, kind.Elem())
		}
	case kind.Kind() == reflect.Map:
		assert.Equal(t, "object", s.Type, where)
		assert.NotEmpty(t, s.AdditionalProperties, where)
	case kind.Kind() == reflect.String:
		assert.Equal(t, "string", s.Type, where)
		c.compareEnum(t, where, s, kind)
	case kind.Kind() == reflect.Bool:
		assert.Equal(t, "boolean", s.Type, where)
	case kind.Kind() >= reflect.Int && kind.Kind() <= reflect.Int64:
		assert.Equal(t, "integer", s.Type, where)
	default:
		assert.Fail(t, "a type that no schema has", "%s: %v", where, kind)
	}
}

func TestTheNextActionsAreDescribed(t *testing.T) {
	t.Parallel()
	var actions []string
	for name, value := range untyped(t, "../internal/wire") {
		if strings.HasPrefix(name, "action") {
			actions = append(actions, value)
		}
	}
	assert.ElementsMatch(t, actions, readDescription(t).Components.Schemas["NextAction"].Enum)
}

// compareEnum holds an enum to the constants of its type.
func (c comparison) compareEnum(t *testing.T, where string, s schema, kind reflect.Type) {
	t.Helper()
	want, ok := c.constants[kind.Name()]
	if !ok || kind == reflect.TypeFor[paylinks.Currency]() || !strings.HasSuffix(kind.PkgPath(), "/paylinks") {
		return // there are more of these than constants
	}
	if kind == reflect.TypeFor[paylinks.Status]() {
		want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return !paylinks.Status(s).Valid() }) // a snapshot's word, never a link's
	}
	if kind == reflect.TypeFor[paylinks.Code]() {
		want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return statuses[paylinks.Code(s)] == 0 }) // a client's word, never a server's
	}
	assert.ElementsMatch(t, want, s.Enum, where)
}

// constants are the string constants of a package by the name of their type.
func constants(t *testing.T, dir string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	eachConstant(t, dir, func(kind, _, value string) { found[kind] = append(found[kind], value) })
	require.NotEmpty(t, found["Code"])
	return found
}

// untyped are the string constants of a package that have no type, by their names.
func untyped(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	eachConstant(t, dir, func(kind, name, value string) {
		if kind == "" {
			found[name] = value
		}
	})
	require.NotEmpty(t, found)
	return found
}

func eachConstant(t *testing.T, dir string, tell func(kind, name, value string)) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(dir), "*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), dir+"/"+name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				tellConstant(spec, tell)
			}
		}
	}
}

func tellConstant(spec ast.Spec, tell func(kind, name, value string)) {
	values, ok := spec.(*ast.ValueSpec)
	if !ok {
		return
	}
	kind := ""
	if ident, ok := values.Type.(*ast.Ident); ok {
		kind = ident.Name
	}
	for i, value := range values.Values {
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				tell(kind, values.Names[i].Name, text)
			}
		}
	}
}

// elsewhere are the fields of decoded requests that don't come from the body, or not from every one that has them.
var elsewhere = []string{"IdempotencyKey", "Catalogue", "CreateOrderRequest.Items.Category", "CreateOrderRequest.Items.ImageURL", "CreateOrderRequest.Items.ProductURL", "CreateOrderRequest.Items.DiscountAmount", "CreateOrderRequest.Items.TaxAmount"}

// A body with every described field is read without a word about an unknown one, and leaves no field of the request empty. So the two have the same fields.
func TestRequestsAreDescribedToTheLastField(t *testing.T) {
	t.Parallel()
	c := comparison{schemas: readDescription(t).Components.Schemas}
	for name, decode := range requests {
		full := c.sample(t, name, c.schemas[name])
		req, warnings, err := decode(body(t, full))
		require.NoError(t, err, name)
		assert.Empty(t, warnings, name)
		assertFull(t, name, reflect.ValueOf(req))

		fields, _ := full.(map[string]any)
		for field := range fields {
			wrong := map[string]any{field: []any{[]any{true}}}
			_, warnings, err := decode(body(t, wrong))
			assert.Empty(t, warnings, "%s.%s", name, field)
			require.ErrorIs(t, err, paylinks.CodeValidationFailed, "%s.%s is of any type", name, field)
		}
		_, warnings, err = decode(body(t, map[string]any{"colour": "red"}))
		if err != nil { // it wants something
			require.ErrorIs(t, err, paylinks.CodeValidationFailed, name)
		}
		assert.NotEmpty(t, warnings, name)
	}
}

// sample is a value with everything in it.
func (c comparison) sample(t *testing.T, where string, property schema) any {
	t.Helper()
	s, _ := c.resolve(property)
	examples := property.Examples
	if len(examples) == 0 {
		examples = s.Examples
	}
	switch {
	case len(examples) > 0:
		var value any
		require.NoError(t, json.Unmarshal(examples[0], &value))
		return value
	case len(s.Properties) > 0:
		object := map[string]any{}
		for name, inner := range s.Properties {
			object[name] = c.sample(t, where+"."+name, inner)
		}
		return object
	case s.Items != nil:
		return []any{c.sample(t, where+"[]", *s.Items)}
	default:
		require.Fail(t, "no example", where)
		return nil
	}
}

func body(t *testing.T, value any) wire.Body {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	parsed, err := wire.ParseBody(text)
	require.NoError(t, err)
	return parsed
}

func assertFull(t *testing.T, where string, value reflect.Value) {
	t.Helper()
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name := where + "." + field.Name
		if slices.Contains(elsewhere, field.Name) || slices.Contains(elsewhere, name) {
			continue
		}
		inner := value.Field(i)
		assert.False(t, inner.IsZero(), "%s isn't described", name)
		if inner.Kind() == reflect.Slice && inner.Len() > 0 && inner.Index(0).Kind() == reflect.Struct {
			assertFull(t, name, inner.Index(0))
		}
	}
}
