/** Signing in, where the program requires a token. */
import { useId, useState } from 'preact/hooks';
import { detailOf, needsLogin } from '../state/notices.ts';
import { login, RefusedRequest } from '../state/request.ts';
import { t } from '../words/words.ts';

/** The form. The token leaves this page in the body of one request, and is kept nowhere else. */
export function Login() {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const id = useId();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await login(token);
      needsLogin.value = false;
      location.reload();
    } catch (error) {
      setProblem(error instanceof RefusedRequest ? detailOf(error.problem) : String(error));
    }
  };
  return (
    <main class="login" id="content">
      <form class="card" onSubmit={(event) => void send(event)}>
        <h1>{t('login')}</h1>
        <label class="field" for={id}>
          <span>{t('token')}</span>
          <input
            id={id}
            type="password"
            autocomplete="current-password"
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
          <span class="hint">{t('tokenHint')}</span>
        </label>
        {problem !== undefined && (
          <p class="reason bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button main" disabled={token === ''}>
          <span>{t('login')}</span>
        </button>
      </form>
    </main>
  );
}
