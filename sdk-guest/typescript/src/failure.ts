/** What a bot throws to say what is to become of the event. Any other error rejects it, too. */

/** A temporary failure: the event is tried again, after a pause. */
export class Retry extends Error {
  override readonly name = "Retry";
}

/** A permanent failure: the event is not tried again. */
export class Reject extends Error {
  override readonly name = "Reject";
}
