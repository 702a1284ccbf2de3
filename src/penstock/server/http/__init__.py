"""The HTTP door of a frontend: the same services in process, behind the same doorkeeper."""

from penstock.server.http.calls import Calls
from penstock.server.http.door import HttpDoor
from penstock.server.http.listener import HttpListener
from penstock.server.http.problems import Problem, problem_of

__all__ = ["Calls", "HttpDoor", "HttpListener", "Problem", "problem_of"]
