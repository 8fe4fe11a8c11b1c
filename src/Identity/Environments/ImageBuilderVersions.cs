namespace Appliance.Identity.Environments;

/// <summary>The recipes by which clients build images; they accept no other names (contracts/modal.md §0.8).</summary>
public static class ImageBuilderVersions
{
    public const string Newest = "2025.06";

    public static readonly IReadOnlyList<string> All = ["2023.12", "2024.04", "2024.10", "2025.06", "PREVIEW"];
}
