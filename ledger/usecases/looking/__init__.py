"""What the reading commands show: lists, counts, histories, differences."""
