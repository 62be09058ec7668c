package paylinks

// happened tells whether facts show that an operation had its effect. Captures and refunds are recognized by their
// reference; where the provider doesn't show it, by the total having grown by the amount.
func happened(op *Operation, facts Snapshot, info Info) bool {
	switch op.Kind {
	case OperationCreate, OperationSend:
		return true // an answer without an error is the effect
	case OperationCapture:
		return facts.FinalizePending || shows(facts.Captures, facts.Captured, op, info.Can(CanTraceCapture))
	case OperationRefund:
		return shows(facts.Refunds, facts.Refunded, op, info.Can(CanTraceRefund))
	case OperationCancel:
		// After a void of the rest of a partly captured payment, the captured part remains.
		return facts.Status == StatusCancelled || (!op.Void && facts.Status == StatusExpired) ||
			(op.Void && facts.Status == StatusCaptured && facts.Captured.Equal(op.Before))
	default:
		return false
	}
}

// shows tells whether op is among the transactions that the provider lists. Where it can't list them all by reference, a total that
// has grown by the amount is as good.
func shows(transactions []Transaction, total Money, op *Operation, traceable bool) bool {
	if findTransaction(transactions, op.ID) != nil {
		return true
	}
	return !traceable && total.IsSet() && total.Cmp(op.Before.Add(op.Amount)) >= 0
}

func findTransaction(transactions []Transaction, reference string) *Transaction {
	for i := range transactions {
		if transactions[i].Reference == reference {
			return &transactions[i]
		}
	}
	return nil
}

// transactionID is the provider's id of the capture or refund that op made.
func transactionID(op Operation, facts *Snapshot) string {
	list := facts.Captures
	if op.Kind == OperationRefund {
		list = facts.Refunds
	}
	if found := findTransaction(list, op.ID); found != nil {
		return found.ID
	}
	return ""
}

// inLightOf is a verdict's facts, in the light of what was done: the total that an applied refund comes to where the provider keeps none, and an
// unpaid link that we cancelled as cancelled where the provider calls it expired.
func inLightOf(v verdict, op *Operation, link *Paylink) *Snapshot {
	if v.outcome != Applied || v.facts == nil {
		return v.facts
	}
	facts := *v.facts
	if op.Kind == OperationCancel && !op.Void && facts.Status == StatusExpired {
		facts.Status = StatusCancelled
	}
	if op.Kind != OperationRefund || facts.Refunded.IsSet() {
		return &facts
	}
	facts.Refunded = op.Before.Add(op.Amount)
	facts.Status = StatusPartiallyRefunded
	if facts.Refunded.Cmp(taken(link)) >= 0 {
		facts.Status = StatusRefunded
	}
	return &facts
}
