// Package docs makes the page for people from the API's description: HTML with one style sheet in it, no script, and nothing from elsewhere.
package docs
