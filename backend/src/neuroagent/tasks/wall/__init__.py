"""The wall: any command as a child that the operating system holds, with whatever layers this machine gives."""
