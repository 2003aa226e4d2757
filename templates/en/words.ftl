# Shared words of mails and pages. One sentence, one key; pages and mails say the rest themselves.

## Dates

date-long = { $weekday } { $day } { $month } { $year }
date-time = { $date }, { $time } ({ $zone })
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## States of an introduction

state-draft = Draft
state-asking = Asking
state-agreed = Both said yes
state-introduced = Introduced
state-closed = Closed

## Purposes: the name, and one line to choose by

purpose-job_search = Looking for work
purpose-job_search-hint = One of them is looking for work; both should gain from meeting.
purpose-conversation = A conversation
purpose-conversation-hint = A talk about someone's role, industry and organisation. No CV is passed on.
purpose-colleague = A future colleague
purpose-colleague-hint = Someone at your own employer, and someone who would be an appropriate co-worker.
purpose-recruiter = A recruiter
purpose-recruiter-hint = Someone who fills positions for a living.
purpose-peers = Peers
purpose-peers-hint = Two people who do the same kind of work.
purpose-expertise = A question
purpose-expertise-hint = One has a question, the other knows the subject.

## Order of asking

order-one_by_one = One after the other
order-one_by_one-hint = The first is asked without naming the second; the second is asked after the first said yes.
order-together = Both at once
order-together-hint = Quicker, but someone who says yes and hears nothing may guess why.

## Answers

answer-yes = Yes
answer-not_now = Not now
answer-no = No
answer-never = No, and never ask me again
answer-none = No answer
answer-not_now-until = Not now, until { $date }

## Outcomes

outcome-met = Met or talked
outcome-scheduled = A meeting is set
outcome-no_reply = No reply yet
outcome-not_a_fit = Not a fit
outcome-landed = It led to a job

## Events of the outcome log ($who is a name, or one of the who-words)

who-you = You
who-first = The first person
who-second = The second person
who-someone = Someone
event-drafted = The introduction was drafted.
event-edited = The draft was changed.
event-asked = { $who } was asked.
event-asked-again = { $who } was asked again (round { $round }).
event-unasked = The ask to { $who } was taken back before it left.
event-answered = { $who } answered.
event-answered-yes = { $who } said yes.
event-answered-not_now = { $who } said not now, until { $date }.
event-answered-no = { $who } said no.
event-answered-never = { $who } said no, and never to ask again.
event-contested = { $who } gave contradictory answers within seconds; none counts.
event-agreed = Both said yes; the introduction leaves at { $time }.
event-reopened = { $who } took the yes back before the introduction left.
event-reminded = { $who } was reminded.
event-introduced = The introduction went to both.
event-withdrawn = The introduction was withdrawn.
event-closed = Closed without introduction.
event-checked_in = { $who } was asked what came of it, after { $days } days.
event-outcome_recorded = { $who } recorded what came of it: { $outcome }.
event-outcome_contested = { $who } gave contradictory answers about what came of it; none of them counts.
event-undeliverable = The address of { $who } does not work.
event-blurb_edited = { $who } changed the text about themselves.

## What the composer advises ($field: where, $len and $max: words)

lint-too-long = { $field } has { $len } words. Up to { $max } words get read.
lint-nothing-for-second = Say what is in it for the second person. It is the first thing they will ask themselves.
lint-placeholder = { $field } still holds a placeholder: { $found }
lint-names-second = { $field } names the second person (“{ $found }”), but the first is asked without knowing who it is.
lint-no-step = Name one small, concrete step, such as a call of twenty minutes next week.
lint-pick-your-brain = { $field } says “{ $found }”. Ask for something definite instead: it is easier to say yes to.
lint-asks-for-job = { $field } asks for a job (“{ $found }”). Ask for a conversation; a job may come of it.
lint-same-employer = Both work for the same employer. Tick the box if this person would be an appropriate co-worker.

## Fields, as sentences name them (a dot in a field's name is a hyphen here)

field-name = The name
field-email = The address
field-first = The first person
field-second = The second person
field-first-name = The first person's name
field-first-email = The first person's address
field-first-blurb = The text about the first person
field-first-described = The description of the first person
field-first-known = How you know the first person
field-second-name = The second person's name
field-second-email = The second person's address
field-second-blurb = The text about the second person
field-second-described = The description of the second person
field-second-known = How you know the second person
field-first-how_known = How you know the first person
field-second-how_known = How you know the second person
field-choice = Your answer
field-until = The date
field-blurb = The text about you
field-coworker_confirmed = The co-worker tick
field-scopes = The scopes
field-purpose = The purpose
field-order = The order of asking
field-why_first = Why it is good for the first
field-why_second = Why it is good for the second
field-shared = The shared introduction
field-step = The concrete step
field-writes_first = Who writes first
field-signature = The signature
field-answer = The answer
field-not_now_until = The date
field-note = The note
field-outcome = The outcome
field-time_zone = The time zone
field-code = The code
field-window_days = The days to answer
field-coworker = The tick
field-body = The request
field-days = The days

## What is wrong with an input ($field is one of the names above)

problem-required = { $field } is needed.
problem-too-long = { $field } may have at most { $max } characters; it has { $len }.
problem-too-short = { $field } needs at least { $min } characters; it has { $len }.
problem-control = { $field } holds a control character. Please type it anew instead of pasting it.
problem-bidi = { $field } holds an invisible character or one that turns the reading direction.
problem-line-break = { $field } must be a single line.
problem-name-characters = { $field } must be a plain name, without an address, a link or the characters < > " \ @.
problem-mixed-scripts = { $field } has a word with letters of two alphabets that only look alike. Please type it anew.
problem-link = { $field } must not hold a link.
problem-address = { $field } is not an e-mail address such as ada@example.org.
problem-address-domain = { $field } needs a full domain after the @, such as example.org.
problem-address-ip = { $field } must have a domain name after the @, not an IP address.
problem-address-quoted = { $field } must not have quotation marks before the @.
problem-address-ascii = { $field } may have only plain Latin letters, digits and signs before the @.
problem-address-look-alike = { $field } has a domain that looks like another one but is written with other letters. Please type it anew.
problem-address-role = { $field } belongs to a role or a machine. Please use the address of a person.
problem-same-person = Both sides are the same person.
problem-connector-is-party = You cannot be one of the two people yourself.
problem-unknown-value = { $field } must be one of: { $allowed }.
problem-not-a-number = { $field } must be a whole number.
problem-out-of-range = { $field } must be between { $min } and { $max }.
problem-not-a-date = { $field } must be a date such as 2026-03-31.
problem-date-in-past = { $field } must be a date after today.
problem-date-too-far = { $field } must not be after { $max }.
problem-time-zone = { $field } is not a time zone such as Europe/Berlin.
problem-unknown-field = There is no field { $field }.
problem-duplicate-key = { $field } was sent more than once.
problem-left-empty = One field of this form has to stay empty. Please send it once more without it.
problem-invalid-utf8 = { $field } is not valid UTF-8.
problem-body-too-large = The request is larger than { $max } bytes.
problem-body-unreadable = The request could not be read: { $reason }
problem-not-found = { $field } does not exist.
problem-wrong-type = { $field } has the wrong type: expected { $expected }.
problem-not-an-id = { $field } must be an id from an earlier answer.
problem-idempotency-key = { $field } must be sent once, with 1 to { $max } visible ASCII characters.
problem-co-worker = Please confirm that this person would be an appropriate co-worker, since both work for the same employer.
problem-cannot-be-asked = { $who } cannot be asked through this service before { $date }.
problem-cannot-be-asked-now = { $who } cannot be asked through this service at present.
problem-contact-exists = You have a contact with this address already.
problem-account-exists = There is an account with this address already.
problem-admin-scope = Only an admin can have a token for the whole instance.
problem-wrong-code = The code is not right. It has six digits and works for a few minutes.

## Refusals of a step, by code

refusal-wrong_state = This is not possible any more; the introduction has moved on.
refusal-closed = This question is closed.
refusal-not_before = { $who } cannot be asked through this service before { $date }.
refusal-coworker_tick = Please confirm that this person would be an appropriate co-worker: both work for the same employer.
refusal-too_many_rounds = This introduction was asked for too often.

## Errors: a title and a sentence for each stable code

error-not_found = Not found
error-not_found-text = There is nothing at this address, or it is not yours.
error-link_not_valid = This link is not valid
error-link_not_valid-text = Perhaps a part of it was lost. Please open it from the mail once more, or copy the whole line. If that does not help, reply to the mail: that reaches the person who asked you.
error-link_closed = This question is closed
error-link_closed-text = There is nothing for you to do, and nothing is missing. If there is something you would like to say, reply to the mail: that reaches the person who sent it. The link to your own page, at the end of every mail, still works.
error-invalid = Please look at this again
error-invalid-text = { $count ->
    [one] One thing needs to be put right.
   *[other] { $count } things need to be put right.
}
error-unauthorized = Please sign in
error-unauthorized-text = This page is for people who are signed in.
error-forbidden = Not allowed
error-forbidden-text = Your account or token may not do this.
error-cross_origin = This form came from somewhere else
error-cross_origin-text = Nothing was changed. Please open the page here and try again.
error-stale_form = This form is no longer fresh
error-stale_form-text = Nothing was changed. Please open the page again and repeat it.
error-wrong_state = This is not possible any more
error-wrong_state-text = It has moved on in the meantime. Nothing was changed.
error-conflict = Someone was quicker
error-conflict-text = The introduction was changed at the same moment. Please look at it and try again.
error-idempotency_mismatch = This key was used for something else
error-idempotency_mismatch-text = The Idempotency-Key belongs to a different request. Nothing was changed.
error-too_many_requests = Too many at once
error-too_many_requests-text = Please wait a moment and try again.
error-too_large = Too large
error-too_large-text = The request is larger than this service accepts.
error-unsupported_media_type = Unknown kind of request
error-unsupported_media_type-text = Please send a form or JSON, as the documentation says.
error-method_not_allowed = Not possible this way
error-method_not_allowed-text = This address does not take this kind of request.
error-cannot_be_asked = Cannot be asked
error-cannot_be_asked-text = { $who } cannot be asked through this service before { $date }.
error-still_open = These two are being asked already
error-still_open-text = Another introduction of yours asks these two already. Wait for its end, or withdraw it; this draft is kept.
error-they_rest = Too early to ask these two again
error-they_rest-text = You asked these two not long ago. They rest until { $date }, as after every introduction, however it ended. This draft is kept until then.
error-too_many_open = You have enough under way
error-too_many_open-text = { $most ->
    [one] One introduction may be under way at once, and one is.
   *[other] { $most } introductions may be under way at once, and as many are.
} It may be more with each one that comes about. This draft is kept until one of them has ended.
error-too_many_today = Enough for today
error-too_many_today-text = You began { $most } introductions within 24 hours; no more are possible before { $time }. This draft is kept.
error-asking_paused = Asking is paused
error-asking_paused-text = Of what you asked lately, too much did not arrive or was reported as unwanted. What is under way goes on, and drafts are kept. Please talk to whoever runs this service: they can let you go on.
error-timeout = This took too long
error-timeout-text = Please try again. If it was saved, it will not be saved twice.
error-unavailable = Not available right now
error-unavailable-text = Not recorded. Please try again in a few minutes; doing it twice does no harm.
error-disk_low = No room for anything new right now
error-disk_low-text = The disk of this service is nearly full, and what room there is stays for answers. Nothing was saved; please try again later.
error-internal = Something went wrong here
error-internal-text = It was written down under { $id }. Please try again, and tell whoever runs this service if it stays.
error-cannot_retry = Cannot be sent again
error-cannot_retry-text = This mail was sent, was taken back or is on its way. Nothing was changed.

## What /readyz says about a check that failed

health-database = The database does not answer.
health-schema = The schema of the database is not the one of this version.
health-mail = Mail is late: the oldest due delivery waits longer than 15 minutes.
health-keys = The key ring has no active key, so no link can be made.

health-quarantine = Quarantine: a restored or copied database mails nobody until “twoyes resume”.
health-clock = The clock jumped; nothing is sent until that is clear.
health-disk = The disk is nearly full; drafts and contacts are refused.

## What stands around every page

page-skip = Skip to the content
page-nav = Main
page-leave-empty = Leave this empty
page-desk = Desk
page-contacts = Contacts
page-settings = Settings
page-admin = Admin
page-outcomes = Outcome log
page-connectors = Connectors
page-suppressions = Suppressions
page-health = Health
page-deliveries = Deliveries
page-mailbox = Local mailbox
page-sign-in = Sign in
page-sign-out = Sign out
page-to-desk = To the desk
page-go-back = Please go back to the page before this one; what you typed is usually still there.
page-tagline = An introduction leaves only on two yeses.
page-operator = Run by { $operator }

## What happens next with an introduction ($who is a name, $when a date and time)

next-ask = Nobody was asked yet. Read the mails, then ask.
next-rests = You let this draft rest.
next-undeliverable = The address of { $who } does not work. It closes on { $when }.
next-undeliverable-introduced = The address of { $who } does not work, so the introduction may not have arrived.
next-undeliverable-closed = It closed, for the address of { $who } does not work.
next-again-from = { $who } may be asked again from { $when }.
next-not-left = It did not leave: one of them took the yes back. It closes on { $when }.
next-nudged = You have nudged them.
next-thanked = You have said thank you.
next-ask-again = The date that { $who } named has come. You may ask again.
next-answer = { $who } has until { $when } to answer.
next-closes = It will not come about this time, and closes on { $when }.
next-lapses = It closes on { $when }.
next-withdrawn = You took it back. It closes on { $when }, and nobody notices before.
next-leaves = The introduction leaves at { $when }, unless one of them takes the yes back.
next-check-in = Both are asked what came of it on { $when }.
next-heard = Nobody said what came of it.
next-nudge = They have not written to each other. A friendly nudge is drafted for you.
next-thank = It was worth it. A thank-you is drafted for you.
next-nothing = Nothing more to do.
next-closed = It closed without introduction.
next-not-before = It closed. { $who } may be asked again from { $when }.
next-they-rest = It closed without introduction. The two can be asked again, with a new draft, from { $when }.

## How far an introduction came, for the admin

ending-waiting = Waiting
ending-introduced = Introduced
ending-closed = Closed without introduction

## The mails

mail-ask_first = The ask to the first person
mail-ask_second = The ask to the second person
mail-reminder = The reminder
mail-receipt = The receipt of an answer
mail-introduction = The introduction
mail-connector_copy = The connector's copy
mail-closing_note = The closing note
mail-check_in = The check-in
mail-sign_in = The sign-in mail
mail-address_change = The question about a new address
mail-address_changed = The notice of a changed address
mail-erased = The confirmation of an erasure
mail-card_ask = The question whether a card is right
mail-pass_ask = The question whether somebody may be passed on
mail-recruiter_list = Recruiters for somebody who looks for work
mail-weekly = The week's suggestions
mail-copy_first = A copy of a preview
mail-test = A test mail

## States of a delivery

delivery-queued = Queued
delivery-leased = About to leave
delivery-transmitting = On its way
delivery-sent = Sent
delivery-deferred = Refused for now
delivery-failed = Failed
delivery-unknown = Perhaps delivered
delivery-cancelled = Cancelled

## Your page (of a person who was asked)

page-yours = Your page, your limits
you-done-limit = The limit is set.
you-done-limit-text = It counts from now on, for everybody together.
you-done-pause = The pause is set.
you-done-pause-text = Nobody asks you before that day. You can end it here at any time.
you-done-person = You will not be asked about this person again.
you-done-person-text = Nobody is told. You can take it back here.
you-done-connector = You get no more questions from this person.
you-done-connector-text = They are not told. You can take it back here.
you-done-back = Taken back.
you-done-back-text = What no longer stands under “What holds now” is over.
you-done-never = Nobody can ask you any more.
you-done-never-text = Mails that waited for you are stopped. You can take it back here.
you-done-landed = Your search is over.
you-done-landed-text = Open questions for you are withdrawn. Those who wanted to introduce you are told.
you-done-address = A mail is on its way to the new address.
you-done-address-text = Nothing changes before you confirm there, within a day.
field-limit = The limit
field-person = The person
field-back = What to take back
field-never = The tick
field-mine = The tick
field-what = The form
problem-nothing-ticked = Please tick what you would like to take back.
problem-tick-needed = Please tick the box if you are sure.
problem-too-often = There were three wishes for another address within a day. Please try again tomorrow.
problem-not-yours = This is not the address that this page belongs to.

## Accounts: signing in, settings, invitations

former-connector = A former connector
field-language = The language
field-role = The role
problem-too-many-lines = { $field } may have at most { $max } lines.
problem-last-admin = This is the last admin. Somebody must be left to run this service: make another person an admin first.
problem-came-already = They were here already, so they need no invitation.
problem-too-many-mails = This address got several mails within a short time. Please try again in an hour.
problem-same-address = This is your address already.
problem-not-your-address = This is not the address of your account.
problem-no-scope = Choose at least one thing that the token may do.
page-invite = Invite somebody
page-delete-account = Delete your account
page-token-made = Your new token
role-connector = Connector
role-connector-hint = Introduces people from their own address book.
role-admin = Admin
role-admin-hint = Also sees the outcome log and runs this service.
scope-read = Read
scope-read-hint = Your introductions and contacts.
scope-write = Write
scope-write-hint = Draft, ask, withdraw, record outcomes, edit contacts.
scope-admin = The whole instance
scope-admin-hint = Outcome log and deliveries of everybody.
scope-metrics = The numbers for monitoring
scope-metrics-hint = /metrics, and nothing else.
device-known = { $browser } on { $system }
device-unknown = A browser
browser-firefox = Firefox
browser-edge = Edge
browser-opera = Opera
browser-chrome = Chrome
browser-safari = Safari
browser-other = Another browser
system-android = Android
system-ios = iOS
system-windows = Windows
system-mac = macOS
system-chrome_os = ChromeOS
system-linux = Linux
system-other = another system
settings-weekly = Who should meet, by mail
settings-weekly-on = Every Monday morning up to three pairs of your contacts come to you by mail, with the reasons. A week in which nobody comes to mind has no mail.
settings-weekly-off = The desk thinks ahead for you: up to three pairs of your contacts a week. They can also come by mail on Monday mornings. Nobody else gets that mail, and nobody is asked by it.
settings-said-saved = Saved.
settings-said-mailed = A code is on its way to the new address, if it is free. Please type it below.
settings-said-address = Your account has its new address. All other browsers were signed out.
settings-said-ended = That browser was signed out.
settings-said-revoked = The token was revoked. Whatever used it is refused from now on.
settings-said-gone = It was gone already. Nothing was changed.
connectors-said-invited = The invitation is on its way.
connectors-said-role = The role was changed.
connectors-said-suspended = Suspended. Sessions and tokens ended, and what was under way was taken back quietly.
connectors-said-resumed = They can sign in again.
connectors-said-cleared = They can ask again.
mail-invitation = The invitation of a connector
mail-confirm_address = The code for a new address
mail-account_moved = The note that the address of an account changed

## Contacts and the composer

copy-first-subject = Copy, as { $to } would get it: { $subject }
problem-too-many-unfinished = There are { $max } unfinished forms already. Please finish or discard one first.
field-unfinished = The form
field-employer = The employer
field-described = The description
field-how_known = How you know them
field-notes = The notes
history-draft = A draft with { $who }
history-asking = An introduction to { $who } is under way
history-agreed = An introduction to { $who } is about to leave
history-introduced = Introduced to { $who }
history-closed = Closed without introduction to { $who }
before-introduced = You introduced these two to each other on { $when }.
before-pair = You asked these two about each other on { $when }.
before-asked = You asked { $who } about an introduction on { $when }.

## The desk: what a connector is needed for

desk-needs = Needs you
desk-waiting = Waiting
desk-done = Done

# The button that puts a need aside
settle-draft = Let it rest
settle-bounced = Noted
settle-ask_again = Let it rest
settle-nudge = Done
settle-thanks = Thanked
settle-landed = Thanked

# Letters that a connector may send from their own mail program
letter-nudge-writer-subject = { $other } and you
letter-nudge-writer =
    Hello { $to },

    a while ago I introduced you and { $other }, and you were going to write first. Did the mail get buried? A short hello is enough. If the time is wrong, just tell me; that is fine.

    { $signature }
letter-nudge-other-subject = { $other } and you
letter-nudge-other =
    Hello { $to },

    a while ago I introduced you and { $other }. Have you heard from each other? If not, perhaps a line from you gets it going. If the time is wrong, just tell me; that is fine.

    { $signature }
letter-met-second-subject = Thank you
letter-met-second =
    Hello { $to },

    I heard that you and { $other } have talked. Thank you for taking the time; it means something to both of us.

    { $signature }
letter-met-first-subject = { $other } and you
letter-met-first =
    Hello { $to },

    I am glad that you and { $other } have talked. Thank you for following up. If it helped, a line to { $other } about what came of it will be welcome.

    { $signature }
letter-landed-second-subject = Thank you
letter-landed-second =
    Hello { $to },

    { $other } told me the good news. It would not have come about without you. Thank you.

    { $signature }
letter-landed-first-subject = Congratulations
letter-landed-first =
    Hello { $to },

    congratulations, I am so glad. { $other } will be happy to hear it from you as well.

    { $signature }

## The outcome log: filters, figures, exports

day-short = { $day } { $month }
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

log-when-weeks = Last 12 weeks
log-when-year = Last year
log-when-all = Any time
log-unnamed = Not introduced

ended-waiting = Waiting
ended-closed = Closed without introduction
ended-introduced = Introduced, whatever came of it
ended-unheard = Introduced, nothing heard yet
ended-landed = It led to a job
ended-met = Met or talked
ended-scheduled = A meeting is set
ended-not_a_fit = Not a fit
ended-no_reply = No reply yet

total-all = Asked for
total-median = Median time to a yes

part-met = Met, or a job
part-on_the_way = Introduced, not met yet
part-not_a_fit = Not a fit
part-closed = Closed without introduction
part-waiting = Waiting

figure-about = about { $n }
figure-too-few = too few to tell
figure-same-day = the same day
figure-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
figure-weeks = { $n ->
    [one] Introductions per week, by the day of their draft
   *[other] Introductions in { $n } weeks each, by the day of their draft
}
figure-weeks-desc = Columns, from the floor up: met or a job, introduced but not met yet, not a fit, closed without introduction, waiting. The same numbers stand in the table below.
figure-weeks-table = The numbers as a table

funnel-asked = Asked, and ended
funnel-answered = Somebody answered
funnel-introduced = Introduced
funnel-met = Met, or a job
funnel-note-batches = Closed introductions are counted ten at a time for the answers, so that no number tells of one person. Answers given quietly count as none.
funnel-note-few = Fewer than 10 have closed in this time: too few to say how many were answered without telling of one person.
funnel-note-one-group = How many were answered is told over everybody's introductions only, never of one connector.

field-when = The time
field-from = The first day
field-to = The last day
field-connector = The connector
field-q = The search
problem-not-a-time = { $field } is not a time such as 2026-03-31T09:00:00Z.
problem-not-a-day = { $field } is not a day such as 2026-03-31.
problem-dates-backwards = { $field } is before the first one.
problem-not-a-filter = { $field } is none that the log knows.

## Deliveries, suppressions, health, for the admin

month-year = { $month } { $year }
family-ask = An ask
family-answer = A mail after an answer
family-introduction = An introduction
family-service = A mail of the service
waiting-ask = Asks that wait
waiting-answer = Mails after an answer that wait
waiting-introduction = Introductions that wait
waiting-service = Mails of the service that wait
page-acts = What admins did
count-more = more than { $count }
delivery-undecided = To decide
delivery-done-again = It is at the front of the queue again.
delivery-done-count = It counts as sent now.
delivery-done-cancel = It is cancelled.
delivery-done-tried = The pause is over; the next mail shows whether it works.
delivery-done-none = Nothing was changed: it is on its way, or somebody was quicker. This is how it stands now.
route-words = The relay ({ $route }) gave a reason:
attempt-sent = Sent.
attempt-deferred = Refused for now.
attempt-failed = Refused for good.
attempt-unknown = The connection broke; perhaps delivered.
stage-lease = It was not tried with a server.
stage-compose = It could not be written.
stage-dns = While looking for the relay.
stage-connect = While connecting to the relay.
stage-tls = While securing the connection.
stage-greeting = While the relay greeted.
stage-ehlo = While greeting the relay.
stage-starttls = While asking for a secure connection.
stage-auth = While signing in at the relay.
stage-mail = When the sender was named.
stage-rcpt = When the recipient was named.
stage-data = Before the text was handed over.
stage-body = When the text was handed over.
stage-bounce = It was accepted, and came back.
act-address_opened = opened the address of a mail
act-delivery_retried = had a mail sent again
act-delivery_counted = counted a mail as sent
act-delivery_cancelled = cancelled a mail
act-route_tried = ended the pause of the mail route
act-suppression_looked_up = looked up whether this address may be asked:
act-suppression_added = added an address that is never asked:
act-suppression_lifted = lifted “never ask” for
act-person_erased = erased a person
act-connector_invited = invited a connector
act-connector_invited_again = invited a connector once more
act-made_admin = made a connector an admin
act-made_connector = took the admin's rights from an account
act-connector_suspended = suspended a connector
act-connector_resumed = let a suspended connector in again
act-connector_cleared = let a paused connector ask again
act-look = Look at it
suppression-done-added = It is never asked from now on. Mails that waited for it are cancelled.
suppression-done-lifted = It is lifted: they can be asked again.
suppression-done-none = Nothing was changed: nothing stood against this address.
forgotten-closed-names = What was answered here was deleted, as it is some days after every closing. The named date stays, so that you can ask again.
forgotten-closed-nothing = It did not come about. Some days after the closing the service deleted who it was about and what was written; your own contacts are not touched.
forgotten-introduced-names = The words and addresses were deleted some weeks after the last check-in. Your own contacts are not touched.
forgotten-introduced-nothing = It came about. Who it was about was deleted after its time; your own contacts are not touched.
problem-address-unknown = The service has forgotten your address by now, so there is nothing to change.
page-erase = Erase a person
field-sure = The tick
field-reason = The reason
problem-reason-address = { $field } must not hold an address: all admins read it.
error-cannot_count = Cannot be counted as sent
error-cannot_count-text = Only a mail that was perhaps delivered can be. Somebody may have been quicker. Nothing was changed.
engine-sqlite = SQLite
engine-postgres = PostgreSQL
record-good = Good
record-warning = Mend
record-problem = Problem
trouble-database = The database does not answer.
trouble-database-do = See that it runs and that its disk has room; the service goes on by itself.
trouble-schema = The schema of the database is not the one of this version.
trouble-schema-do = Start the version that made it, or this one again so that it migrates.
trouble-mail = Mail is late: the oldest waits longer than 15 minutes.
trouble-mail-do = See whether the route is paused, or the relay slow.
trouble-keys = The key ring has no active key, so no link can be made.
trouble-keys-do = Run “twoyes keys rotate” on the server and start the service again.
trouble-route_paused = Mail is paused until { $when }, because the relay does not work with us:
trouble-route_paused-do = Mend what it says; then end the pause.
trouble-route_tried = Mail was paused, and has not been tried since. The relay said:
trouble-route_tried-do = The next mail shows whether it works again.
trouble-undecided = { $count ->
    [one] One mail was perhaps delivered and waits for your decision.
   *[other] { $count } mails were perhaps delivered and wait for your decision.
}
trouble-undecided-do = Send them again or count them as sent.
trouble-failed = { $count ->
    [one] One mail failed in the last day.
   *[other] { $count } mails failed in the last day.
}
trouble-failed-do = One is usual: an address ceased to work, and the connector was told. Many mean that receivers mind this service.
trouble-asking_paused = { $count ->
    [one] Asking is paused for one connector.
   *[other] Asking is paused for { $count } connectors.
}
trouble-asking_paused-do = Too much of what they asked did not arrive or was reported as unwanted. Talk to them; on their page you can let them go on.
trouble-sweeper = Nobody looks for what is due any more.
trouble-sweeper-do = Reminders, introductions and closing notes wait. Start the service again and read its log.
trouble-clock = The newest mail is from a time to come ({ $when }): the clock was put back.
trouble-clock-do = Set the clock of the server by a time service.
trouble-quarantine = Quarantine since { $when }: this database was restored or copied, and mails nobody. Answers are taken.
trouble-quarantine-do = If it is the one that people shall hear from, run “twoyes resume” on the server: it shows what would leave.
trouble-clock_jump = The clock of the server jumped by { $count } hours. Nothing is sent and nothing ends by itself until that is clear.
trouble-clock_jump-do = Mend the clock; it goes on at once then. If it is right, run “twoyes clock accept” on the server. A jump of less than two days is believed after 15 minutes.
trouble-disk_low = The disk is nearly full ({ $count } MB left). Drafts and contacts are refused; answers are taken.
trouble-disk_low-do = Make room on the disk. Nothing has to be started again.
trouble-plain_http = People reach this service without TLS, so links and sessions can be read on the way.
trouble-plain_http-do = Put a proxy with TLS in front and set server.base_url to https.
trouble-key_old = The key that signs links is { $count } days old.
trouble-key_old-do = Run “twoyes keys rotate” on the server. Links that were sent stay good.
trouble-no_signature = Mails are not signed here (DKIM).
trouble-no_signature-do = Set the three keys of [dkim], unless the relay signs them.
trouble-overrides = { $count ->
    [one] One template was replaced by your own:
   *[other] { $count } templates were replaced by your own:
}
trouble-overrides-do = After an upgrade, compare them with the built-in ones.

# Circles
circle-family = Family and friends
circle-coworkers = Former co-workers and bosses
circle-seekers = Fellow job seekers
circle-associations = Associations
circle-acquaintances = Acquaintances
circle-none = Not filed yet
field-circle = The circle
field-field = The field
field-place = The place
field-speaks = The languages
field-looking_for = What they look for
field-can_help = What they can help with

# Contacts in and out as files
page-import = Contacts as files
import-refused = The file was not taken
import-entries = { $count ->
    [one] one entry
   *[other] { $count } entries
}
import-came = { $added } added, { $merged } filled in or changed
import-left = { $skipped } left out or unchanged, { $faulty } that could not be read.
import-will = { $added } new contacts, { $changed } that are filled in or changed.
import-start = Take them over
import-kept = { $count ->
    [one] One contact stayed, because it was changed since.
   *[other] { $count } contacts stayed, because they were changed since.
}
import-show = Show them
import-line = line { $line }
import-mine = in your contacts
import-theirs = in the file
import-same = Nothing in the file is new about them.
import-look = Look at the contact
import-choice = What to do
import-stage-reading = not read to its end
import-stage-mapping = needs your help
import-stage-checking = being compared
import-stage-ready = waits for your yes
import-stage-applying = being taken over
import-stage-done = taken over
import-stage-undoing = being taken back
import-stage-undone = taken back
import-doing-checking = The file is compared with your contacts.
import-doing-applying = The entries are taken over.
import-doing-undoing = The entries are taken back.
import-format-twoyes = twoyes CSV, with everything you know of them
import-format-linkedin = LinkedIn connections (CSV)
import-format-google = Google Contacts (CSV)
import-format-outlook = Outlook (CSV)
import-format-table = A table (CSV)
import-format-vcard3 = vCard 3
import-format-vcard4 = vCard 4
import-kind-new = New people
import-kind-new-text = Nobody in your contacts has their address or name.
import-kind-address = The same address
import-kind-address-text = They are in your contacts already.
import-kind-name = The same name
import-kind-name-text = Somebody of this name is in your contacts, with another address or none. Two people may share a name.
import-kind-file = Twice in the file
import-kind-file-text = The same address stands further up in the file.
import-kind-fault = Cannot be read
import-kind-fault-text = These are left out. Correct them in the file and take it once more: whoever is there already is not added twice.
import-chosen-add = { $count } to be added.
import-chosen-fill = { $count } to fill what is empty.
import-chosen-replace = { $count } to be overwritten.
import-chosen-skip = { $count } left out.
import-all-add = Add all
import-all-fill = Fill gaps in all
import-all-replace = Overwrite all
import-all-skip = Leave all out
import-choice-add = Add as another person
import-choice-fill = Fill what is empty
import-choice-replace = Overwrite with the file
import-choice-skip = Leave out
contact-name = Name
contact-email = Address
contact-employer = Employer
contact-role = What they do
contact-field = Field
contact-place = Place
contact-speaks = Languages
contact-looking_for = Looking for
contact-can_help = Can help with
contact-circle = Circle
contact-described = Without a name
contact-how_known = How you know them
contact-notes = Notes
column-name = Name
column-given_name = First name
column-middle_name = Middle name
column-family_name = Last name
column-email = Address
column-employer = Employer
column-role = What they do
column-field = Field
column-place = Place
column-country = Country
column-speaks = Languages
column-looking_for = Looking for
column-can_help = Can help with
column-circle = Circle
column-left_out = Do not include
column-described = Without a name
column-how_known = How you know them
column-notes = Notes
column-language = Language of the mails
column-nothing = not taken over
field-file = The file
field-columns = The columns
problem-too-many-imports = { $max } files wait for your yes already. Please take over or throw away one of them first.
problem-no-name-column = Please say which column holds the name or the address.
problem-choice-does-not-fit = This cannot be done with these entries.
problem-file-missing = Please choose a file.
problem-file-empty = There is nobody in the file.
problem-file-spreadsheet = This is a spreadsheet. Please save it as CSV and take that file.
problem-file-binary = This is not a table and not a file of cards.
problem-file-no-table = No table was found in the file: it needs columns parted by commas, semicolons or tabs.
problem-file-columns = The table has more than 200 columns. Please leave out some of them.
problem-file-rows = The file has more than { $max } entries. Please part it in two.
problem-file-quote = A quotation mark that is opened near line { $line } is not closed.
problem-file-card = The card that begins in line { $line } has no end.
problem-file-large = The file is larger than { $max } MB. Please part it in two.
problem-file-broken = The file did not arrive as a whole. Please try once more.

# Rings
page-circles = Circles
circle-left-out = Do not include
circle-short-family = family, friends
circle-short-coworkers = co-workers
circle-short-seekers = seekers
circle-short-associations = associations
circle-short-acquaintances = acquaintances
circles-you = you
circles-drawing = Your circles, the nearest inside
circles-drawing-text = Five rings around you with a point for each person, at most 48 on a ring. The table beside it has the same numbers.
circles-thin = thin
circles-thin-heading = Worth filling
circles-unfiled = { $count ->
    [one] One person is in no circle yet
   *[other] { $count } people are in no circle yet
}
circle-family-ideas = Those who know you best often know somebody. They are seldom asked, because nobody thinks of them as a network.
circle-coworkers-ideas = Go through your places of work, one after the other: the desk next to yours, your bosses, whoever left before you did.
circle-seekers-ideas = Others who look for work hear of places that are not for them. They are glad to trade.
circle-associations-ideas = Clubs, courses, conferences, alumni, the parents at school: whoever you sat in a room with more than once.
circle-acquaintances-ideas = People whom you know by sight reach further than your friends do. Look through old mail and business cards.

# Who should meet?
page-meet = Who should meet { $who }?
meet-heading = Who should meet { $who }?
meet-all = All suggestions
meet-can-help = You marked that they can help: “{ $what }”.
meet-is-helped = They look for what can be given here: “{ $what }”.
meet-does-it = They do it themselves: { $what } at { $employer }.
meet-does-it-somewhere = They do it themselves: { $what }.
meet-done-by = They look for somebody like this: “{ $what }”.
meet-mentioned = You noted: “{ $what }”.
meet-same-field = Both are in the same field: { $what }.
meet-same-place = Both are in { $what }.
meet-same-language = Both speak { $what }.
meet-no-address = The address of one of them is not known yet.
desk-ahead = Think ahead
desk-ahead-text = Some of your contacts who look for something this week, and who could help them. Others come next week.
contact-no-address = no address yet
meet-nobody = Nobody comes to mind yet. Suggestions come from what you write down: what people look for, can help with, and do.

# Plans and landing
page-plans = Plans
page-go-up = Back
plan-for = A plan for { $who }
plan-name-hint = Where you write {"{"}name{"}"}, the first name of whoever is asked appears.
plan-pace = { $count ->
    [one] at most one a week
   *[other] at most { $count } a week
}
plan-now = The next one can be started now.
plan-next = The next one can be started on { $date }.
plan-progress = How far the plan is
plan-part-planned = Planned
plan-part-draft = Written
plan-part-asking = Being asked
plan-part-introduced = Introduced
plan-part-ended = Ended
plan-landed = landed
plan-has-landed = { $who } found a job
plan-no-address = Their address is not known yet.
plan-suggested = Suggested by what { $who } looks for.
plan-nobody-found = Nobody more is found.
plan-open = Open the plan
plan-begin = Make a plan for them
landed-what = Every open question about them is withdrawn, what is planned is cancelled, and a thank-you is drafted for everybody who helped. To the others it looks like any question that lapses.
landed-notice = { $who } found a job. Thank whoever helped.
letter-landed-helper-subject = { $other } found a job. Thank you
letter-landed-helper =
    Hello { $to },

    some time ago you let me introduce { $other } to you. { $other } has found a job now, and I wanted you to hear it from me.

    Thank you for your time. If there is ever somebody you would like to meet, please tell me.

    { $signature }
field-per_week = How many a week
field-people = The people
problem-too-many-people = A plan has room for { $max } people.
error-plan_not_before = Not this week
error-plan_not_before-text = As many introductions of this plan were started this week as you wanted. The next one can be started on { $date }.

# At your own company
lint-no-fit = Say in a sentence why they would fit where you both work. Only the colleague reads it.
field-fit = Why they would fit
before-colleague = You sent somebody else to { $who } as a colleague within 90 days ({ $when }). Several seekers at once are a burden.

# Keeping in touch
card-title = What { $who } has written down about you
card-lede = Hello { $you }. { $connector } keeps this card, to introduce you to people whom you may be glad to meet. Correct what is wrong.
card-told-later = Nothing was changed.
card-told-stale = This page was open for too long, so nothing was changed. What you typed is still here; please send it once more.
card-told-confirmed = Noted: the card is right. Thank you.
card-told-corrected = { $who } has your correction, and takes it over.
card-told-agreed = You may be passed on from now on. You can take that back here at any time.
card-told-kept_back = You are not passed on.
card-told-contested = Yes and no came from this page shortly after each other, so you are not passed on. If you want to be, please say so once more in a minute.
card-waiting = What you changed waits for { $who }. The fields show it as you wrote it.
card-confirmed = You said on { $date } that it is right.
card-others = What else { $who } has written down
card-described = Who you are, without a name
card-how_known = How you know each other
card-field = Field
card-place = Place
card-speaks = Languages
card-looking_for = Looking for
card-can_help = Can help with
card-pass = May { $who } pass you on to people who look for work?
card-pass-text = Whoever of { $who }'s acquaintances looks for work could then write to you. This is what they get, and nothing else:
card-pass-agreed = You agreed on { $date }.
card-pass-times = { $count ->
    [0] Nobody has got your card yet.
    [one] One person has got your card.
   *[other] { $count } people have got your card.
 }
card-pass-last = The last time was on { $date }.
card-reach = How you like to be reached
card-reach-hint = Such as: by mail, with a CV, on weekdays.
card-sure = { $who } may pass me on with this
card-say-nothing = Say nothing
card-keep = Do not pass me on
card-pass-on = Pass me on
problem-tick-to-agree = Please tick that you may be passed on with this.
field-reach = How you like to be reached
field-words = The text
field-recruiters = The recruiters
problem-nobody-picked = Please pick somebody.
problem-too-many-picked = At most { $max } fit into one mail.
error-asked_before = They were asked already
error-asked_before-text = You asked them about this not long ago. You can ask again from { $date } on.
error-asked_once = They were asked already
error-asked_once-text = Whether somebody may be passed on is asked once. They can still say yes through the mail they have.
error-asked_enough = Enough for today
error-asked_enough-text = You asked many people about their cards within a day. Please go on tomorrow.
own-card = Their own card
own-card-text = { $who } can look at what you have written down (but for your notes), and correct it, through a link in a mail.
own-card-ask = Ask whether the card is right
own-card-from = You can ask again from { $date } on.
own-card-asked = Asked on { $date } whether the card is right; no answer yet.
own-card-confirmed = They said on { $date } that the card is right.
own-card-changes = { $who } would like to have this changed:
own-card-empty = (empty)
own-card-take = Take it over
own-card-leave = Leave it as it is
own-card-notice = { $who } has corrected their card
own-card-recruiter = Marked as a recruiter.
own-card-no-recruiter = Not a recruiter
own-card-reach = How to reach them: { $reach }
pass-not_asked = Nobody has asked them whether they may be passed on.
pass-asked = Asked on { $date } whether they may be passed on; they have not agreed.
pass-agreed = May be passed on, since { $date }.
ask-me-title = Ask { $who } for an introduction
ask-me-lede = Whom would you like to meet? { $who } thinks of somebody and asks them, with what you write here. You meet if they want to, and { $who } sees nothing before you have confirmed your address.
ask-me-wish = Whom you would like to meet
ask-me-wish-hint = Somebody who … and what you would like to talk about.
ask-me-about = What may be said of you
ask-me-about-hint = Two or three sentences, as a friend would say them. Whoever is asked reads them.
ask-me-name = Your name
ask-me-email = Your e-mail address
ask-me-email-hint = A mail comes there, to confirm that it was you.
ask-me-send = Send me the mail to confirm it
ask-me-sent = Please look into your mailbox
ask-me-sent-text = A mail to { $email } has a link. { $who } sees what you wrote as soon as you have confirmed it there.
ask-me-sent-none = If nothing comes within a few minutes, please look among the unwanted mails. An address that wants no mail from this service gets none.
ask-me-consent = { $connector } may introduce me, once, to somebody like this. That person is asked first; they read my name and these words. If they want to meet me, both of us get one mail with both addresses. I get a mail as soon as somebody is asked, and can take this back.
request-title = Your request to { $who }
request-lede = Hello { $you }. This is what was asked for with your address. Nobody has seen it yet.
request-waits = Hello { $you }. { $who } has your request. If somebody comes to mind, they are asked, and you hear of it. It is forgotten after 90 days.
request-used = An introduction was begun with it. You answer by the links in its mails; this page is done.
request-told-later = Nothing was changed.
request-told-stale = This page was open for too long, so nothing was changed. Please choose once more.
request-told-confirmed = { $who } has your request. This is your yes to one introduction.
request-told-forgotten = It is forgotten.
request-forgotten-text = Nobody sees it any more.
request-sure = It was me, and I want that
request-sure-to-forget = Take it back for good
request-nothing = Change nothing
problem-tick-to-forget = Please tick that it is to be forgotten.
request-forget = Forget it
request-yes = Yes, ask for me
problem-tick-to-ask = Please tick that it was you.
problem-slug-characters = The address of the page may have small letters, digits and hyphens between them.
problem-slug-taken = Somebody else has this address already.
problem-ask-me-too-often = This address asked three times within a day. Please try again tomorrow.
problem-ask-me-full = There are so many requests here that no more are taken for now. Please try again in a few days.
field-wish = Whom you would like to meet
field-about = What may be said of you
field-slug = The address of the page
field-welcome = The text
page-ask-me = Ask me
ask-me-page = Your page
ask-me-public = Everybody can see it:
ask-me-closed = It is closed: nobody can see it.
ask-me-open = Everybody may ask me for an introduction
ask-me-slug = The end of its address
ask-me-slug-hint = Small letters, digits and hyphens.
ask-me-welcome = What you say on it
ask-me-welcome-hint = Such as: whom you know, and what you are glad to be asked.
requests = Who asks
requests-text = Each has confirmed their address, and said yes to one introduction. Whoever you put aside hears nothing of it.
requests-none = Nobody asks right now.
requests-waiting = { $count ->
    [one] Somebody asks you for an introduction
   *[other] { $count } people ask you for an introduction
 }
request-wish = Would like to meet
request-about = About them
request-write = Write the introduction
request-put-aside = Put it aside
request-aside = Put aside: { $who }
on-request = { $first } asked you for an introduction and confirmed it: that is their yes, and only { $second } needs to be asked.
ask-on-request = Ask { $second } now
mail-request_confirm = The question whether a request was theirs
page-recruiters = Recruiters
stop-this-address = this address
you-passed-on = As a recruiter
you-passed-on-since = You may be passed on to people who look for work, since { $date }
you-card = Correct this card, or take it back that you may be passed on
mailbox-card = The file that goes with it (contacts.vcf)
recruiters-lede = Recruiters among your contacts. Whoever agrees can be passed on to somebody who looks for work, in one mail with a file for their address book.
recruiters-ask = Ask whether they may be passed on
recruiters-no-address = No address yet.
recruiters-how = To send them to somebody who looks for work, open that person's page among your contacts.
recruiters-none = Nobody is marked as a recruiter yet. Mark them on the page of a contact.
recruiters-perhaps = Perhaps recruiters too
recruiters-mark = Mark as a recruiter
recruiters-for = Recruiters who could help { $who }
recruiters-for-lede = Pick those who could help { $who }. You see the mail before it leaves.
recruiters-pick = Who may be passed on
recruiters-fits = fits: { $words }
recruiters-sent-before = sent on { $date }
recruiters-words = What you say above the list
recruiters-words-hint = The mail begins with a greeting and ends with your name.
recruiters-usual = these people know your field and are glad to hear from you. A few lines are enough; say that you know me.
recruiters-preview = The mail
recruiters-attached = Their cards go with it as a file for an address book (contacts.vcf).
recruiters-look = Look at the mail
recruiters-look-again = Look at it again
recruiters-send = Send it to { $who }
recruiters-sent = { $count ->
    [one] One recruiter is on the way to { $who }.
   *[other] { $count } recruiters are on the way to { $who }.
 }
recruiters-seeker-no-address = { $who } has no address yet, so nothing can be sent.
recruiters-nobody-agreed = No recruiter has agreed to be passed on yet.
page-words = A word to { $who }
words-lede = Only { $connector } reads it. { $other } does not see it.
words-label = What would you like to tell { $who }?
words-send = Send it to { $who }
words-not-now = Send nothing
words-back = Say what came of it
words-said = { $who } has your words
words-said-text = They wait on { $who }'s page. Nothing else was sent, and nobody else reads them.
words-again = You wrote a word before. What you write now takes its place.
words-change = Write it anew
page-thanks = Thanks
thanks-received = Said to you
thanks-received-none = Nobody has written you a word yet. Whoever is asked what came of an introduction can.
thanks-new = new
thanks-after = After meeting { $other }, { $date }
thanks-read = I have read them
thanks-owed = Thanks you owe
thanks-owed-text = They gave their time, and something came of it. A letter to each of the two waits on the page of the introduction.
thanks-owed-none = You owe nobody a thank-you.
thanks-said = I said thank you
thanks-given = Thanks you gave
thanks-given-none = None yet.
thanks-given-on = Thanked on { $date }
thanks-not-yet = Not yet, after all
thanks-older = Older ones
thanks-all = All thanks
thanks-desk = Thanks owed, given and received
thanks-waiting = { $count ->
    [one] Somebody wrote you a word
   *[other] { $count } words for you
 }
page-touch = Keep in touch
touch-due = Not heard of for a while
touch-nobody = Nobody waits. Say below how often you want to think of whom, or on the page of a contact.
touch-last = Last on { $date }
touch-noted = Noted: you were in touch with { $who } today.
touch-asked = Only asked, never given to
touch-asked-text = They helped others through you. What could be good for them? Whom would they like to meet?
touch-asked-none = You have given to everybody whom you asked.
touch-asked-times = { $count ->
    [one] asked once
   *[other] asked { $count } times
}
touch-often = How often
touch-often-text = For everybody in a circle who has no rhythm of their own. The days of birth are nobody's business here.
touch-balance = { $gained ->
    [0] You have not given { $who } an introduction yet
    [one] You gave { $who } one introduction
   *[other] You gave { $who } { $gained } introductions
} and { $asked ->
    [0] never asked for their help.
    [one] asked for their help once.
   *[other] asked for their help { $asked } times.
}
touch-waiting = { $count ->
    [one] One person has not heard of you for a while
   *[other] { $count } people have not heard of you for a while
}
rhythm-none = no reminder
rhythm-circle = as the circle
rhythm-1 = every month
rhythm-2 = every two months
rhythm-3 = every three months
rhythm-6 = every six months
rhythm-12 = once a year
rhythm-spring = every spring
rhythm-summer = every summer
rhythm-autumn = every autumn
rhythm-winter = every winter
field-rhythm = How often
field-family = Family and friends
field-coworkers = Former co-workers and bosses
field-seekers = Fellow job seekers
field-associations = Associations
field-acquaintances = Acquaintances

# A party's own thanks
letter-party-met-connector-subject = { $other } and I met
letter-party-met-connector =
    Hello { $to },

    { $other } and I met. Thank you for thinking of us both.

    { $me }
letter-party-met-other-subject = Thank you for your time
letter-party-met-other =
    Hello { $to },

    thank you for the time you took. If I can do something for you, please write to me.

    { $me }
letter-party-landed-connector-subject = I found a job
letter-party-landed-connector =
    Hello { $to },

    I found a job, and { $other } was a part of it. Thank you for bringing us together.

    { $me }
letter-party-landed-other-subject = I found a job. Thank you
letter-party-landed-other =
    Hello { $to },

    I found a job. You had a part in it, and I wanted you to hear it from me. Thank you.

    { $me }
plan-texts = What the plan for { $who } says
