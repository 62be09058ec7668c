package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
)

// step is a part of a change, ready to be applied.
type step func(context.Context, *transaction) error

// encode turns a change into the steps that apply it. All that can be done outside of the transaction is done here, by the caller who
// wants the change, so that the one writer only runs statements. It's also what makes the stored values copies.
//
// The order matters twice: a stale link is told before anything else is, and an operation is settled before the next one opens.
func encode(change paylinks.Change) ([]step, error) {
	var steps []step
	var failed error
	add := func(next step, err error) {
		if err != nil && failed == nil {
			failed = err
		}
		steps = append(steps, next)
	}
	if change.Insert != nil {
		add(insertPaylink(change.Insert))
	}
	if change.Update != nil {
		add(updatePaylink(change.Update))
	}
	if change.Order != nil {
		add(putOrder(change.Order))
	}
	if change.Settle != nil {
		add(settleOperation(change.Settle))
	}
	if change.Begin != nil {
		add(beginOperation(change.Begin))
	}
	for i := range change.Events {
		if id := change.Events[i].PaylinkID; i == 0 || id != change.Events[i-1].PaylinkID {
			add(lockLink(id), nil)
		}
		add(insertEvent(change.Events[i]), nil)
	}
	if change.Forget != "" {
		add(forgetEvents(change.Forget), nil)
	}
	if change.Webhook != nil {
		add(insertWebhook(change.Webhook))
	}
	if change.HandledWebhook != nil {
		add(updateWebhook(change.HandledWebhook))
	}
	if change.Answer != nil {
		add(putAnswer(*change.Answer), nil)
	}
	if change.FreeAnswer != "" {
		add(freeAnswer(change.FreeAnswer), nil)
	}
	if !change.ForgetAnswersBefore.IsZero() {
		add(forgetAnswers(change.ForgetAnswersBefore), nil)
	}
	if change.WakeOrder.ID != "" {
		add(wakeOrder(change.WakeOrder), nil)
	}
	return steps, failed
}

// run is a step that is one statement. Where it changes no row, the error is otherwise.
func run(query string, args []any, otherwise error) step {
	return func(ctx context.Context, t *transaction) error {
		changed, err := t.exec(ctx, query, args...)
		if err == nil && changed == 0 {
			return otherwise
		}
		return err
	}
}

// document is the JSON of a record.
func document(record any) (string, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return "", fmt.Errorf("sqlstore: encode %T: %w", record, err)
	}
	return string(text), nil
}

// undocument reads what document wrote.
func undocument(text string, record any) error {
	if err := json.Unmarshal([]byte(text), record); err != nil {
		return fmt.Errorf("sqlstore: decode %T: %w", record, err)
	}
	return nil
}
