/** What somebody said in a room. */
export interface ChatMessage {
  /** UUID; storing a message twice keeps one. */
  readonly id: string;
  readonly room: string;
  readonly user: string;
  readonly text: string;
  readonly at: Date;
}
