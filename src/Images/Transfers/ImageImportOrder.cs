namespace Appliance.Images.Transfers;

/// <summary>How an archive is taken in.</summary>
/// <param name="Tag">What stands for the image; null for what the archive itself calls it.</param>
/// <param name="Select">Which of several images of the archive, by its name there; null for all.</param>
public sealed record ImageImportOrder(string? Tag, string? Select);
