/** A final intent, reduced to what the dialogue needs. */
export interface Heard {
  readonly intent: string | null;
  readonly score: number;
}

/** The bot's next turn: what it says, and the name of its action, or null when it only speaks. */
export interface Turn {
  readonly say: string;
  readonly action: string | null;
  /** Whether a person takes over, which ends the call for the bot. */
  readonly isHandedOver: boolean;
}

export const GREETING = 'Good morning, this is the front desk of your bank. What can I do for you?';

/** For each intent, the bot's action and what it says about it. */
const ANSWERS: Readonly<Record<string, readonly [action: string, say: string]>> = {
  abroad: ['note_journey', 'Have a good journey. Your card will work abroad from today.'],
  address: ['send_address_form', 'I have sent you the form for your new address.'],
  app_error: ['open_ticket', 'I am sorry about the app. Our technicians are told, and will write to you.'],
  atm_limit: ['read_atm_limit', 'You can take out five hundred dollars a day. I have sent you how to change that.'],
  balance: ['read_balance', 'Your balance is twelve hundred and four dollars.'],
  business_loan: ['book_appointment', 'A colleague will call you about a business loan tomorrow at ten.'],
  card_issues: ['order_card', 'I have ordered a new card for you. It comes within three days.'],
  cash_deposit: ['explain_deposit', 'You can pay in cash at any of our branches until six o’clock.'],
  direct_debit: ['list_direct_debits', 'You have three direct debits. I have sent you the list.'],
  freeze: ['freeze_card', 'Your card is frozen. Nobody can use it now.'],
  high_value_payment: ['unlock_payment', 'For a large payment I need a signature. I have sent you the form.'],
  joint_account: ['send_joint_account_form', 'I have sent you the form for a joint account.'],
  latest_transactions: [
    'read_transactions',
    'Your last payments were forty dollars for groceries and nine for the train.',
  ],
  pay_bill: ['open_payment', 'I have opened a payment for your bill. Please look it over in the app.'],
};

const ELSE = ' Is there anything else?';
const ASK_AGAIN = [
  'Sorry, I did not get that. You could ask for your balance, have a card frozen, or pay a bill. What shall it be?',
  'I still do not understand. Could you say in one sentence what it is about?',
];
const HAND_OVER: Turn = {
  say: 'I am putting you through to a colleague. One moment, please.',
  action: 'hand_over',
  isHandedOver: true,
};

/** Below this score the bot asks once more before it acts: with a bank account it must not guess. */
const SURE_FROM = 0.5;

/** The bot's side of a call: acts on a final intent, asks again when it has not understood, and in the end hands over to a person. */
export class Dialogue {
  #misses = 0;
  #unsureOf: string | null = null;

  /** What the bot says and does in answer to a final intent. */
  next({ intent, score }: Heard): Turn {
    const answer = intent === null ? undefined : ANSWERS[intent];
    if (intent === null || answer === undefined) return this.#askAgain();
    if (score < SURE_FROM && this.#unsureOf !== intent) return this.#askWhether(intent);
    this.#misses = 0;
    this.#unsureOf = null;
    const [action, say] = answer;
    return { say: say + ELSE, action, isHandedOver: false };
  }

  #askAgain(): Turn {
    const say = ASK_AGAIN[this.#misses++];
    return say === undefined ? HAND_OVER : { say, action: null, isHandedOver: false };
  }

  /** The model does not recognise yes and no, so the bot asks the caller to repeat the request. */
  #askWhether(intent: string): Turn {
    this.#unsureOf = intent;
    const say = `Is it about ${intent.replaceAll('_', ' ')}? Then please say it once more in other words.`;
    return { say, action: null, isHandedOver: false };
  }
}
