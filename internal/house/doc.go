// Package house holds the rules of the layout, and tests that they hold: who may import whom, and what must not be in shipped code.
package house
