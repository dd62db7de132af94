-- Later choices are read again at every start, whatever the length of the log.
CREATE INDEX event_chosen_anew ON journal.event (seq)
WHERE type = 'NotificationWithdrawn'
    OR (type = 'NotificationChosen' AND strpos(data, '"contact":"') > 0);
