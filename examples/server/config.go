package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
)

// demoToken opens a server that only simulates.
const demoToken = "demo-token"

// config is what the environment says.
type config struct {
	addr             string
	tokens           string
	databaseFile     string // "" with PostgreSQL
	postgresURL      string
	publicURL        string
	registerWebhooks bool
	privateEndpoints bool
	// real are the providers whose credentials are set. Without any, all that can be are simulated.
	real   []providers.Entry
	getenv func(string) string
}

func (c config) simulated() bool { return len(c.real) == 0 }

// readConfig reads the environment and names every variable that is wrong or missing.
func readConfig(getenv func(string) string) (config, error) {
	c := config{
		addr:         or(getenv("PAYLINKS_ADDR"), "127.0.0.1:8080"),
		databaseFile: "paylinks.db",
		publicURL:    strings.TrimRight(getenv("PAYLINKS_PUBLIC_URL"), "/"),
		getenv:       getenv,
	}
	var wrong []error
	if url := getenv("PAYLINKS_DATABASE_URL"); url != "" {
		file, sqlite := strings.CutPrefix(url, "sqlite:")
		postgres := strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
		switch {
		case postgres:
			c.databaseFile, c.postgresURL = "", url
		case sqlite && file != "":
			c.databaseFile = file
		default:
			wrong = append(wrong, errors.New("PAYLINKS_DATABASE_URL must be sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE"))
		}
	}
	if c.publicURL != "" {
		if parsed, err := url.Parse(c.publicURL); err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
			wrong = append(wrong, errors.New("PAYLINKS_PUBLIC_URL must be an absolute URL such as https://pay.example.com"))
		}
	}
	var err error
	c.registerWebhooks, err = truth(getenv, "PAYLINKS_REGISTER_WEBHOOKS", strings.HasPrefix(c.publicURL, "https://"))
	wrong = append(wrong, err)
	c.privateEndpoints, err = truth(getenv, "PAYLINKS_PRIVATE_ENDPOINTS", false)
	wrong = append(wrong, err)
	for _, entry := range providers.Entries() {
		set, err := credentialsSet(entry, getenv)
		wrong = append(wrong, err)
		if set {
			c.real = append(c.real, entry)
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return config{}, err
	}
	c.tokens = chooseTokens(getenv("PAYLINKS_TOKENS"), c.simulated())
	return c, nil
}

// truth reads a variable that is true or false.
func truth(getenv func(string) string, name string, otherwise bool) (bool, error) {
	switch getenv(name) {
	case "":
		return otherwise, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, errors.New(name + " must be true or false")
	}
}

// chooseTokens falls back on a token that everybody knows where there are only simulators to open, else on a random one.
func chooseTokens(set string, simulated bool) string {
	switch {
	case set != "":
		return set
	case simulated:
		return demoToken
	default:
		return rand.Text()
	}
}

// credentialsSet tells whether a provider's credentials are in the environment. Some, but not all of them, is an error.
func credentialsSet(entry providers.Entry, getenv func(string) string) (bool, error) {
	var missing, set []string
	for _, credential := range entry.Credentials {
		switch {
		case getenv(credential.Name) != "":
			set = append(set, credential.Name)
		case credential.Required:
			missing = append(missing, credential.Name)
		}
	}
	if base := baseURLVariable(entry); getenv(base) != "" {
		set = append(set, base)
	}
	switch {
	case len(set) == 0:
		return false, nil
	case entry.New == nil:
		return false, fmt.Errorf("%s is set, but this version can't talk to %s yet: unset it", set[0], entry.Name)
	case len(missing) > 0:
		return false, fmt.Errorf("%s is set, so %s must be set too", set[0], strings.Join(missing, " and "))
	}
	return true, nil
}

func baseURLVariable(entry providers.Entry) string { return strings.ToUpper(entry.ID) + "_BASE_URL" }

// apps are the installed apps: one of each real provider, or one of each simulated one.
func (c config) apps(simulators []simulated, log *slog.Logger) (paylinks.StaticApps, error) {
	apps := paylinks.StaticApps{}
	for _, entry := range c.real {
		installed, err := entry.New(providers.Settings{Credential: c.getenv, BaseURL: c.getenv(baseURLVariable(entry)), Logger: log})
		if err != nil {
			return nil, fmt.Errorf("%s: %s", entry.Name, inVariables(entry, err.Error()))
		}
		apps[appID(entry.ID)] = installed
	}
	for _, s := range simulators {
		apps[s.appID] = s.installed
	}
	return apps, nil
}

// inVariables says in the environment's names what a provider says of its configuration's fields: SecretKey is TABBY_SECRET_KEY.
func inVariables(entry providers.Entry, text string) string {
	prefix := strings.ToUpper(entry.ID) + "_"
	names := []string{baseURLVariable(entry)}
	for _, credential := range entry.Credentials {
		names = append(names, credential.Name)
	}
	for _, name := range names {
		var field strings.Builder
		for part := range strings.SplitSeq(strings.TrimPrefix(name, prefix), "_") {
			if slices.Contains([]string{"URL", "API", "ID"}, part) {
				field.WriteString(part)
			} else {
				field.WriteString(part[:1] + strings.ToLower(part[1:]))
			}
		}
		text = strings.ReplaceAll(text, field.String()+":", name+":")
	}
	return text
}

// appID is the org_app_id of a provider's one app here.
func appID(provider string) string { return provider + "-main" }

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// warnOfUnknownApps tells of tokens that are limited to apps that aren't there: they see nothing of them.
func warnOfUnknownApps(tokens string, apps paylinks.StaticApps, log *slog.Logger) {
	for i, entry := range strings.Split(tokens, ",") {
		_, list, limited := strings.Cut(entry, "=")
		if !limited {
			continue
		}
		for id := range strings.SplitSeq(list, "+") {
			if _, ok := apps[strings.TrimSpace(id)]; !ok {
				log.Warn("a token of PAYLINKS_TOKENS names an app that isn't installed", slog.Int("token", i+1), slog.String("org_app_id", id))
			}
		}
	}
}
