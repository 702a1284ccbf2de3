// A worker of Penstock in Go, with nothing of Penstock but stubs generated from its .proto files.
//
// It serves three lambdas and shows all that a worker owes the platform: credit, leases, results, cancels, gates, an
// orderly stop. docs/protocol.md tells what is behind each of them.
//
//	PENSTOCK_ADDRESS=localhost:7460 ./worker
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	address := os.Getenv("PENSTOCK_ADDRESS")
	if address == "" {
		log.Fatal("PENSTOCK_ADDRESS: is not set; say where the platform is, such as localhost:7460")
	}
	host, _ := os.Hostname()
	worker := NewWorker(Options{
		Address:   address,
		Namespace: os.Getenv("PENSTOCK_NAMESPACE"),
		Token:     os.Getenv("PENSTOCK_TOKEN"),
		Name:      host + "/gopher",
		Slots:     8,
		Lambdas: []Lambda{
			{Name: "gopher.add", Run: add},
			{Name: "gopher.flaky", Run: flaky},
			{Name: "gopher.rest", Run: rest, Timeout: time.Minute},
		},
	})
	stop, forget := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer forget()
	context.AfterFunc(stop, forget) // the next signal ends it at once
	if err := worker.Run(stop); err != nil {
		log.Fatal(err)
	}
	log.Print("left in order")
}

// add succeeds: its result is JSON for whoever waits for it.
func add(_ context.Context, task Task) (any, error) {
	var arguments struct{ Numbers []float64 }
	if err := task.Arguments(&arguments); err != nil {
		return nil, err
	}
	sum := 0.0
	for _, number := range arguments.Numbers {
		sum += number
	}
	return sum, nil
}

// flaky fails as often as it is told to, then for good or not at all.
func flaky(_ context.Context, task Task) (any, error) {
	var arguments struct {
		Failures uint32
		Fatal    bool
	}
	if err := task.Arguments(&arguments); err != nil {
		return nil, err
	}
	if task.Attempts < arguments.Failures {
		return nil, Retriable{errors.New("not yet"), 100 * time.Millisecond}
	}
	if arguments.Fatal {
		return nil, Fatal{errors.New("never")}
	}
	return task.Attempts, nil
}

// rest lasts until it is cancelled, or for some seconds.
func rest(ctx context.Context, task Task) (any, error) {
	var arguments struct{ Seconds float64 }
	if err := task.Arguments(&arguments); err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Duration(arguments.Seconds * float64(time.Second))):
		return "rested", nil
	}
}
