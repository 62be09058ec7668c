// Package openapitest holds a handler to its OpenAPI description: every answer that passes must be one that the description has, to the last
// field, and what the handler has accepted must be a request that the description allows.
//
// Clients are told to be ready for new fields, so the description leaves its schemas open; here they are closed, so that no field gets into
// an answer before it's in the description.
package openapitest
