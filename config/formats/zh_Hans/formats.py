"""Days and moments as the pages of the office write them, in either language alike."""

DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
