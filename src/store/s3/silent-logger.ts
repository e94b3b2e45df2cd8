const nothing = (): void => undefined;

/** A logger for the SDK that writes nothing: it would log requests with their signatures. */
export const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
