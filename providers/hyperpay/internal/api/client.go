package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// dateForm is how dates of queries are written. Their zone isn't stated.
const dateForm = "2006-01-02 15:04:05"

// Client calls the platform's queries.
type Client struct {
	// REST sends the calls.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Token is the access token.
	Token paylinks.Secret
}

// Window is a query by date.
type Window struct {
	From, To    time.Time
	Page, Limit int
}

// ByDate reads a page of an entity's operations.
func (c *Client) ByDate(ctx context.Context, entity string, w Window) (Answer, error) {
	return c.query(ctx, "/v3/query", url.Values{
		"entityId":  {entity},
		"date.from": {w.From.UTC().Format(dateForm)},
		"date.to":   {w.To.UTC().Format(dateForm)},
		"limit":     {strconv.Itoa(w.Limit)},
		"pageNo":    {strconv.Itoa(w.Page)},
	})
}

// ByID reads an operation with all that belong to the same payment.
func (c *Client) ByID(ctx context.Context, entity, id string) (Answer, error) {
	return c.query(ctx, "/v3/query/"+url.PathEscape(id), url.Values{"entityId": {entity}, "includeLinkedTransactions": {"true"}})
}

// query reads an answer, whatever its HTTP status. Only one that isn't of the API's form is an error.
func (c *Client) query(ctx context.Context, path string, query url.Values) (Answer, error) {
	res, err := c.REST.Do(ctx, rest.Request{
		Method: http.MethodGet, URL: c.BaseURL + path + "?" + query.Encode(),
		Header: http.Header{"Authorization": {"Bearer " + c.Token.Reveal()}},
	})
	if err != nil {
		return Answer{}, err
	}
	answer, err := ReadAnswer(res.Body)
	if err != nil {
		return Answer{}, &Error{res.Failure(err)}
	}
	answer.Status, answer.RetryAfter = res.Status, res.RetryAfter()
	return answer, nil
}

// ReadAnswer reads the body of an answer in any of its forms.
func ReadAnswer(body []byte) (Answer, error) {
	var read answerJSON
	if err := json.Unmarshal(body, &read); err != nil {
		return Answer{}, err
	}
	answer := Answer{Code: read.Result.Code, Records: append(read.Records, read.Payments...), Pages: read.Pages}
	if len(answer.Records) == 0 && read.ID != "" && read.Type != "" {
		answer.Records = []json.RawMessage{body}
	}
	return answer, nil
}

// Error is an answer that isn't of the API's form.
type Error struct{ rest.Failure }

// Error is the status and what is wrong with the body.
func (e *Error) Error() string { return e.Say("") }
