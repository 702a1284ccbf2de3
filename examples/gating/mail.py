"""The app: one lambda, whose tasks bear the kind of mail as their collection."""

from penstock import App

app = App("mail")


@app.task
async def send(to: str, subject: str) -> str:
    return f"sent to {to}: {subject}"
