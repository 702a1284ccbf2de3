package main

import (
	"context"
	"sync"
	"time"
)

// claim is one task in the worker's hands, from its assignment until its report is accepted.
type claim struct {
	id       string // 16 bytes
	number   uint32 // the fence: only the current claim of a task may say anything about it
	started  time.Time
	deadline time.Time // of its lease, by this worker's own clock
	cancel   context.CancelCauseFunc
	told     bool // the platform knows that it runs
	ended    bool // its code has stopped; only its report is on its way
}

// claims are all that are held.
type claims struct {
	mutex sync.Mutex
	held  map[string]*claim
}

// take is false for a task whose older claim is still held here: two of its codes must never run at the same time.
func (claims *claims) take(one *claim) bool {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	if _, known := claims.held[one.id]; known {
		return false
	}
	claims.held[one.id] = one
	return true
}

func (claims *claims) end(one *claim) {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	one.ended = true
}

func (claims *claims) forget(one *claim) {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	delete(claims.held, one.id)
}

// stop asks the code of a task to stop, if it runs under this claim. Code that ignores its context goes on.
func (claims *claims) stop(id string, number uint32) {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	if one := claims.held[id]; one != nil && number == one.number {
		one.cancel(errCancelled)
	}
}

// lose ends a lease: the platform says that somebody else may have the task.
func (claims *claims) lose(one *claim, now time.Time) {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	one.deadline = now
}

// stopOverdue stops what has no lease any more. It answers whether code runs on all the same, a grace later.
func (claims *claims) stopOverdue(now time.Time, grace time.Duration) bool {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	runsOn := false
	for _, one := range claims.held {
		if !now.Before(one.deadline) && !one.ended {
			one.cancel(errLost)
			runsOn = runsOn || now.Sub(one.deadline) > grace
		}
	}
	return runsOn
}

func (claims *claims) isCurrent(one *claim, now time.Time) bool {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	return now.Before(one.deadline)
}

// beat are those to be told of now: all of them, or those whose start the platform has not heard of.
func (claims *claims) beat(all bool) []*claim {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	var found []*claim
	for _, one := range claims.held {
		if all || !one.told {
			found = append(found, one)
		}
	}
	return found
}

// renewed moves deadlines on: a lease that was renewed begins before the call was sent.
func (claims *claims) renewed(some []*claim, deadline time.Time) {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	for _, one := range some {
		one.told = true
		if deadline.After(one.deadline) {
			one.deadline = deadline
		}
	}
}

func (claims *claims) count() int {
	claims.mutex.Lock()
	defer claims.mutex.Unlock()
	return len(claims.held)
}
