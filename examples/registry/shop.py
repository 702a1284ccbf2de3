"""The app of this example: it needs a platform, and no lambda of its own."""

from penstock import App

app = App("shop")
