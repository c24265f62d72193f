// Nobody is signed in: the link has the token, or it is typed here.

export function SignIn() {
  return (
    <main className="sign-in">
      <h1>Sign in</h1>
      <p>
        Open the sign-in link that <code>./dev up</code>{" "}
        has printed, or paste the token from it. It also lies in the file <code>token</code> of the data folder.
      </p>
      <form action="/sign-in" method="get">
        <label htmlFor="token">Token</label>
        <input id="token" name="token" type="password" autoComplete="current-password" required autoFocus />
        <button className="button main" type="submit">Sign in</button>
      </form>
    </main>
  );
}
