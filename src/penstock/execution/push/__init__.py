"""Push: endpoints are called where an executor would run code. All else of layer 5 is as it is for code."""

from penstock.execution.push.fleet import Fleet, PushTuning

__all__ = ["Fleet", "PushTuning"]
