// Package walktest is what the gateways' own tests share: the far end of a gateway's calls, what its walks yield, and what configurations are asked
// about. What a gateway of anybody must do is in package gatewaytest.
package walktest
