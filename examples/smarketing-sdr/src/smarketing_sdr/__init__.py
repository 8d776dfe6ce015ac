"""Sales development reps (SDRs): they call the buyers of leads that wait in a rep's inbox, and book meetings."""
