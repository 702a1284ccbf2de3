package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	pb "penstock-worker/penstockpb"
)

// Lambda is a function that the platform may call under a name.
type Lambda struct {
	Name    string
	Run     func(context.Context, Task) (any, error)
	Timeout time.Duration // 0: none. Nobody but the worker enforces it.
}

// Task is what a function is told of the task that it runs.
type Task struct {
	Payload  []byte // one JSON object: arguments by their names
	Attempts uint32 // executions before this one that ended or crashed
}

// Retriable fails, and is tried again after a delay of the function's own choice.
type Retriable struct {
	error
	Delay time.Duration
}

// Fatal fails for good: no further attempt is made.
type Fatal struct{ error }

// Undecodable is a payload that does not fit: the task is a dead letter at once, for people to look at.
type Undecodable struct{ error }

var (
	errCancelled = errors.New("its cancel was requested")
	errTimedOut  = errors.New("ran longer than its timeout")
	errLost      = errors.New("its lease is lost: somebody else may have it")
)

// Arguments reads the payload.
func (task Task) Arguments(into any) error {
	if err := json.Unmarshal(task.Payload, into); err != nil {
		return Undecodable{err}
	}
	return nil
}

// run calls the function; what it panics with is a failure like any other.
func (lambda Lambda) run(ctx context.Context, task Task) (value any, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("panic: %v", trouble)
		}
	}()
	return lambda.Run(ctx, task)
}

// verdict is what the platform is told of an end. What a function returns counts even when it was asked to stop.
func verdict(ctx context.Context, value any, err error) (ending pb.Ending, result []byte, failure error) {
	if err == nil {
		if result, err = json.Marshal(value); err != nil {
			return pb.Ending_ENDING_FAILED_FATALLY, nil, err
		}
		return pb.Ending_ENDING_SUCCEEDED, result, nil
	}
	var fatal Fatal
	var retriable Retriable
	var undecodable Undecodable
	switch cause := context.Cause(ctx); {
	case errors.As(err, &fatal):
		return pb.Ending_ENDING_FAILED_FATALLY, nil, err
	case errors.As(err, &retriable):
		return pb.Ending_ENDING_FAILED_RETRIABLY, nil, err
	case errors.As(err, &undecodable):
		return pb.Ending_ENDING_UNDECODABLE, nil, err
	case errors.Is(cause, errCancelled):
		return pb.Ending_ENDING_CANCELLED, nil, nil
	case errors.Is(cause, errTimedOut):
		return pb.Ending_ENDING_TIMED_OUT, nil, cause
	default:
		return pb.Ending_ENDING_RAISED, nil, err
	}
}
