/** The store that the flags and the environment name. */
import { type Config, silenceSdkNotice } from '../config/config.ts';
import { openStore, type StoreListeners } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { withPackages } from './optional-packages.ts';

/** Opens the store; see src/store/open.ts. */
export function openConfiguredStore(config: Config, listeners?: StoreListeners): Promise<Store> {
  if (config.s3 !== undefined) silenceSdkNotice();
  return withPackages('s3', () => openStore(config, listeners));
}
