package httpserver

// pending are described ahead of their routes. This file goes when they come.
var pending = map[string]bool{
	"POST /api/v1/providers/paylinks/{}/resolve": true,
	"POST /api/v1/providers/paylinks/{}/forget":  true,

	"ResolveRequest": true, "ResolveAnswer": true, "ForgetAnswer": true,
}
