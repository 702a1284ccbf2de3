package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "penstock-worker/penstockpb"
)

const (
	gateSight   = 700 * time.Millisecond // nothing starts when its gates were looked at longer ago
	tick        = 200 * time.Millisecond
	grace       = time.Second // for code whose lease is lost
	resultMax   = 64 << 10    // bytes
	callTimeout = 10 * time.Second
)

// Options say whom a worker serves and what.
type Options struct {
	Address, Namespace, Token, Name string
	Slots                           int
	Lambdas                         []Lambda
}

// Worker serves lambdas until it is stopped.
type Worker struct {
	Options
	begin    time.Time
	claims   claims
	nudge    chan struct{}
	running  sync.WaitGroup
	stopping atomic.Bool
	lease    atomic.Int64 // nanoseconds, as the platform says
	beatsAt  atomic.Int64
	calls    atomic.Pointer[grpc.ClientConn] // to an orchestrator: any of them takes heartbeats and results
}

// NewWorker makes one; Run runs it.
func NewWorker(options Options) *Worker {
	worker := &Worker{Options: options, begin: time.Now(), nudge: make(chan struct{}, 1)}
	worker.claims.held = map[string]*claim{}
	worker.lease.Store(int64(30 * time.Second))
	worker.beatsAt.Store(int64(5 * time.Second))
	return worker
}

// Run returns when stop is done and all that ran has been reported.
func (worker *Worker) Run(stop context.Context) error {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	if worker.Token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+worker.Token)
	}
	frontend, err := grpc.NewClient(worker.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer frontend.Close()
	go worker.renew(ctx)
	served := make(chan error, 1)
	go func() { served <- worker.serve(ctx, frontend) }()
	select {
	case err := <-served:
		return err
	case <-stop.Done():
	}
	worker.stopping.Store(true)
	worker.wake()
	worker.running.Wait()
	return nil
}

// serve keeps one credit stream open, to one orchestrator after the other.
func (worker *Worker) serve(ctx context.Context, frontend *grpc.ClientConn) error {
	for turn := 0; ctx.Err() == nil; turn++ {
		addresses, err := worker.register(ctx, frontend)
		if isFinal(err) {
			return fmt.Errorf("the platform refuses this worker: %w", err)
		}
		if err == nil && len(addresses) > 0 {
			err = worker.stream(ctx, addresses[turn%len(addresses)])
		}
		log.Printf("opens a new stream: %v", err)
		time.Sleep(time.Second)
	}
	return nil
}

// register tells what is served here, and is told where the orchestrators are.
func (worker *Worker) register(ctx context.Context, frontend *grpc.ClientConn) ([]string, error) {
	request := &pb.RegisterLambdasRequest{Namespace: worker.Namespace, App: "gopher"}
	for _, lambda := range worker.Lambdas {
		request.Lambdas = append(request.Lambdas, &pb.LambdaRegistration{Name: lambda.Name, Version: "1"})
	}
	ctx, done := context.WithTimeout(ctx, callTimeout)
	defer done()
	reply, err := pb.NewFrontendClient(frontend).RegisterLambdas(ctx, request)
	return reply.GetOrchestrators(), err
}

// stream gives credit and takes assignments until the stream breaks. What is held then stays held, and goes on.
func (worker *Worker) stream(ctx context.Context, address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	if before := worker.calls.Swap(connection); before != nil {
		defer before.Close()
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	stream, err := pb.NewOrchestratorClient(connection).Work(ctx)
	if err != nil {
		return err
	}
	hello := &pb.Hello{Executor: worker.Name, Namespace: worker.Namespace, Version: "1"}
	for _, lambda := range worker.Lambdas {
		hello.Lambdas = append(hello.Lambdas, lambda.Name)
	}
	if err := stream.Send(&pb.WorkRequest{Hello: hello, StampUs: worker.stamp()}); err != nil {
		return err
	}
	var received atomic.Int64
	go worker.give(ctx, stream, &received)
	for {
		reply, err := stream.Recv()
		if err != nil {
			return err
		}
		received.Add(int64(len(reply.GetAssignments().GetClaims())))
		worker.hear(ctx, reply)
	}
}

// give says how many tasks may have come in all since the stream began. The total never falls, so a repeat is harmless;
// it is repeated every second, because who is silent is taken for gone.
func (worker *Worker) give(ctx context.Context, stream pb.Orchestrator_WorkClient, received *atomic.Int64) {
	total := int64(0)
	for ctx.Err() == nil {
		stopping := worker.stopping.Load()
		if free := int64(worker.Slots - worker.claims.count()); !stopping && free > 0 {
			total = max(total, received.Load()+free)
		}
		request := &pb.WorkRequest{CreditTotal: uint64(total), StampUs: worker.stamp(), Stopping: stopping}
		if stream.Send(request) != nil {
			return // Recv tells why
		}
		select {
		case <-ctx.Done():
		case <-worker.nudge:
		case <-time.After(min(time.Second, time.Duration(worker.lease.Load())/10)):
		}
	}
}

// hear obeys one message of the stream.
func (worker *Worker) hear(ctx context.Context, reply *pb.WorkReply) {
	if reply.LeaseS > 0 {
		worker.lease.Store(int64(reply.LeaseS * float64(time.Second)))
		log.Printf("ready: a lease is %g s", reply.LeaseS)
	}
	if reply.HeartbeatS > 0 {
		worker.beatsAt.Store(int64(reply.HeartbeatS * float64(time.Second)))
	}
	for _, key := range reply.Cancels {
		worker.claims.stop(string(key.TaskId), key.Claim)
	}
	if given := reply.Assignments; given != nil {
		for at, number := range given.Claims {
			worker.take(given, at, number)
		}
	}
}

// take starts one task. It never waits here: credit was given for free slots only.
func (worker *Worker) take(given *pb.Assignments, at int, number uint32) {
	lambda := worker.Lambdas[given.Lambda[at]]
	ctx, cancel := context.WithCancelCause(context.Background())
	one := &claim{
		id:       string(given.TaskIds[at*16 : at*16+16]),
		number:   number,
		started:  time.Now(),
		deadline: worker.at(given.StampUs).Add(time.Duration(worker.lease.Load())),
		cancel:   cancel,
	}
	if !worker.claims.take(one) {
		return // the older claim's code runs on; this one's lease runs out, and the task comes again
	}
	task := Task{Payload: given.Payloads[at]}
	if len(given.Attempts) > 0 {
		task.Attempts = given.Attempts[at]
	}
	seen := given.CheckedUs == 0 || time.Since(worker.at(given.CheckedUs)) <= gateSight
	worker.running.Add(1)
	go func() {
		defer worker.running.Done()
		defer worker.wake()
		defer worker.claims.forget(one)
		defer cancel(nil)
		if !seen || worker.stopping.Load() {
			worker.report(one, pb.Ending_ENDING_RELEASED, nil, nil, 0)
			return
		}
		worker.run(ctx, lambda, task, one)
	}()
}

func (worker *Worker) run(ctx context.Context, lambda Lambda, task Task, one *claim) {
	if lambda.Timeout > 0 {
		limited, done := context.WithTimeoutCause(ctx, lambda.Timeout, errTimedOut)
		defer done()
		ctx = limited
	}
	value, err := lambda.run(ctx, task)
	took := time.Since(one.started)
	ending, result, failure := verdict(ctx, value, err)
	log.Printf("%s: %s after %s", lambda.Name, ending, took.Round(time.Millisecond))
	worker.claims.end(one)
	if context.Cause(ctx) == errLost {
		return // nobody waits for its word
	}
	worker.report(one, ending, result, failure, took)
}

// report brings a result until it is accepted or the lease is over. Its claim is renewed meanwhile.
func (worker *Worker) report(one *claim, ending pb.Ending, result []byte, failure error, took time.Duration) {
	request := &pb.SetResultsRequest{
		Executor:  worker.Name,
		Namespace: worker.Namespace,
		TaskIds:   []byte(one.id),
		Claims:    []uint32{one.number},
		Endings:   []pb.Ending{ending},
		Results:   [][]byte{result},
		RunUs:     []uint64{uint64(took.Microseconds())},
	}
	if len(result) > resultMax {
		request.Results[0], request.ResultsLeftOut = nil, []uint32{0}
	}
	if failure != nil {
		kind := strings.TrimPrefix(fmt.Sprintf("%T", failure), "main.")
		request.Errors = map[uint32]*pb.ResultError{0: {Type: kind, Message: failure.Error()}}
		var retriable Retriable
		if errors.As(failure, &retriable) {
			request.RetryDelayS = map[uint32]float64{0: retriable.Delay.Seconds()}
		}
	}
	for worker.claims.isCurrent(one, time.Now()) {
		reply, err := worker.settle(request)
		if err == nil {
			if len(reply.Refused) > 0 {
				log.Printf("claim %d is not current any more: its result is refused", one.number)
			}
			return
		}
		if isFinal(err) {
			log.Printf("a result is refused: %v", err)
			return
		}
		time.Sleep(tick)
	}
}

func (worker *Worker) settle(request *pb.SetResultsRequest) (*pb.SetResultsReply, error) {
	ctx, done := worker.callContext()
	defer done()
	return pb.NewOrchestratorClient(worker.calls.Load()).SetResults(ctx, request)
}

// renew tells of all that is held every heartbeat, and at every tick of what has begun to run since.
func (worker *Worker) renew(ctx context.Context) {
	last := time.Now()
	for ctx.Err() == nil {
		time.Sleep(tick)
		now := time.Now()
		if worker.claims.stopOverdue(now, grace) {
			log.Fatal("code runs on without a lease: this process ends, so that no task is run by two at once")
		}
		all := now.Sub(last) >= time.Duration(worker.beatsAt.Load())
		if all {
			last = now
		}
		if some := worker.claims.beat(all); len(some) > 0 {
			worker.beat(some, now)
		}
	}
}

func (worker *Worker) beat(some []*claim, now time.Time) {
	request := &pb.HeartbeatRequest{Executor: worker.Name, Namespace: worker.Namespace}
	for _, one := range some {
		request.TaskIds = append(request.TaskIds, one.id...)
		request.Claims = append(request.Claims, one.number)
		request.Started = append(request.Started, true)
		request.RunUs = append(request.RunUs, uint64(now.Sub(one.started).Microseconds()))
	}
	ctx, done := worker.callContext()
	defer done()
	reply, err := pb.NewOrchestratorClient(worker.calls.Load()).Heartbeat(ctx, request)
	if err != nil {
		log.Printf("a heartbeat failed: %v", err)
		return
	}
	refused, cancelled := idsOf(reply.Refused), idsOf(reply.CancelRequested)
	var renewed []*claim
	for _, one := range some {
		if refused[one.id] {
			worker.claims.lose(one, now)
			continue
		}
		renewed = append(renewed, one)
		if cancelled[one.id] {
			worker.claims.stop(one.id, one.number)
		}
	}
	worker.claims.renewed(renewed, now.Add(time.Duration(worker.lease.Load())))
}

func idsOf(joined []byte) map[string]bool {
	ids := map[string]bool{}
	for at := 0; at+16 <= len(joined); at += 16 {
		ids[string(joined[at:at+16])] = true
	}
	return ids
}

func (worker *Worker) callContext() (context.Context, context.CancelFunc) {
	ctx := context.Background()
	if worker.Token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+worker.Token)
	}
	return context.WithTimeout(ctx, callTimeout)
}

// stamp is this worker's own clock. The platform only echoes it, so nobody's clocks are compared.
func (worker *Worker) stamp() uint64 { return uint64(time.Since(worker.begin).Microseconds()) + 1 }

func (worker *Worker) at(stamp uint64) time.Time {
	return worker.begin.Add(time.Duration(stamp) * time.Microsecond)
}

func (worker *Worker) wake() {
	select {
	case worker.nudge <- struct{}{}:
	default:
	}
}

// isFinal is true for what another try would not change.
func isFinal(err error) bool {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return true
	}
	return false
}
