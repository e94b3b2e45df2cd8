/** What every DashScope protocol has in common on the wire. Client and simulator share it: shapes, no behavior. */

/** Path of the enrolment resource below the HTTP base URL. */
export const ENROLMENT_PATH = '/services/audio/tts/customization';
/** Response header by which our simulator identifies itself; the service never sends it. */
export const SIMULATOR_HEADER = 'x-simulated-by';

/** Error body of every HTTP API of the service, and of a refused WebSocket handshake. */
export interface HttpErrorBody {
  code: string;
  message: string;
  request_id: string;
}
