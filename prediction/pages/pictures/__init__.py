"""Pictures that previews of links show."""
