package postgres

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// parse reads a URL. What it says of a wrong one has no part of it that could be the password.
func parse(text string) (*pgx.ConnConfig, error) {
	const form = "postgres: the URL must be postgres://USER:PASSWORD@HOST:PORT/DATABASE"
	scheme, rest, _ := strings.Cut(text, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return nil, errors.New(form)
	}
	// Several hosts, with a port each, are no URL to Go.
	authority, path, _ := strings.Cut(rest, "/")
	path, query, _ := strings.Cut(path, "?")
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New(form + ", with parameters as ?NAME=VALUE&NAME=VALUE")
	}
	host := authority[strings.LastIndex(authority, "@")+1:]
	switch {
	case path == "":
		return nil, errors.New(form + ": it has no DATABASE")
	case strings.Contains(path, "/"):
		return nil, errors.New(form + ": its DATABASE has a slash in it; a character of the password that isn't a letter or digit must be percent-encoded")
	case host == "" && parameters.Get("host") == "":
		return nil, errors.New(form + ": it has no HOST; a socket's folder goes into ?host=/var/run/postgresql")
	}
	config, err := pgx.ParseConfig(text)
	if err != nil {
		reason := errors.Unwrap(err)
		var parsing *url.Error
		if reason == nil || errors.As(err, &parsing) { // it quotes the URL
			return nil, errors.New(form + "; a character of the password that isn't a letter or digit must be percent-encoded")
		}
		return nil, errors.New(form + ": " + hide(reason.Error(), authority))
	}
	return config, nil
}

// hide takes the password of an authority out of a text.
func hide(text, authority string) string {
	user := authority[:max(strings.LastIndex(authority, "@"), 0)]
	_, password, _ := strings.Cut(user, ":")
	if password == "" {
		return text
	}
	if plain, err := url.PathUnescape(password); err == nil {
		text = strings.ReplaceAll(text, plain, "***")
	}
	return strings.ReplaceAll(text, password, "***")
}

// explain says of an error of [Open] what an operator can do about it.
func explain(config *pgx.ConnConfig, err error) error {
	where := net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	if strings.HasPrefix(config.Host, "/") {
		where = config.Host
	}
	var unreachable *pgconn.ConnectError
	for _, known := range []struct {
		code string
		says string
	}{
		{invalidPassword, fmt.Sprintf("the password of user %q is wrong", config.User)},
		{invalidAuthorization, fmt.Sprintf("the server doesn't let user %q in from here: look at the name, and at the server's pg_hba.conf", config.User)},
		{noSuchDatabase, fmt.Sprintf("the database %q doesn't exist: createdb it first", config.Database)},
		{insufficientPrivilege, fmt.Sprintf("user %q may not make or use tables in the database %q: have it own the database, or a schema of its own in search_path", config.User, config.Database)},
		{duplicateTable, "the schema has tables of somebody else: give this library a database of its own, or a schema in search_path"},
		{unknownSetting, "a parameter of the URL is neither one of pgx nor a setting of the server"},
		{tooManyConnections, "the server has no connection left: each process takes one for writing and a few for reading"},
		{cannotConnectNow, "the server is starting or stopping: try again"},
		{readOnlyTransaction, errStandby.Error()},
	} {
		if hasCode(err, known.code) {
			return fmt.Errorf("postgres: %s: %s: %w", where, known.says, err)
		}
	}
	switch {
	case errors.Is(err, errNoSchema), errors.Is(err, errEncoding), errors.Is(err, errStandby):
		return fmt.Errorf("postgres: %s: %w", where, err)
	case errors.As(err, &unreachable):
		return fmt.Errorf("postgres: %s can't be reached: %w", where, err)
	default:
		return fmt.Errorf("postgres: open the database %q at %s: %w", config.Database, where, err)
	}
}
