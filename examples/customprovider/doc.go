// Package acmepay makes payment links with Acme Pay, a provider that doesn't exist. It's the template for one that does: everything here stands
// outside of paylinks-go and uses its public API alone. docs/new-provider.md of that module walks through these files.
//
// Acme Pay's API is invented, and as plain as one can be:
//
//   - JSON over HTTPS with a bearer key.
//   - Amounts are whole minor units: 15035 is 150.35 SAR, and 12345 is 12.345 KWD.
//   - POST /v1/links makes a link. Our reference names it: the same one again gets the same link, and GET /v1/links?reference=… finds it.
//   - POST /v1/links/{id}/captures and …/refunds move money, once for each reference. …/cancel ends an unpaid link, …/void gives back what is
//     authorized and not captured, …/send sends the link by SMS. Each answers with the whole link, as GET /v1/links/{id} does.
//   - An error is {"error":{"code":"wrong_state"}}.
//   - A webhook has the header Acmepay-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">.
package acmepay
