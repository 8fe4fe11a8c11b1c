namespace Appliance.Images.Building.Logs;

/// <summary>A piece of what a build says.</summary>
/// <param name="Cursor">Names the place after it.</param>
/// <param name="Time">When it was said.</param>
/// <param name="IsError">Whether a command wrote it to standard error.</param>
/// <param name="Data">The bytes; a character may go on in the next piece.</param>
public sealed record BuildLogEntry(string Cursor, DateTimeOffset Time, bool IsError, byte[] Data);
