using System.Security.Cryptography;

namespace Appliance.Images.Layers;

/// <summary>
/// Names of layers' directories. They are short because a mount lists all of them in one text, which the kernel cuts at
/// a page.
/// </summary>
internal static class LayerName
{
    private const int Length = 10;

    public static string Mint() => RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", Length);

    /// <summary>The name of something unfinished, which no layer has.</summary>
    public static string MintTemporary() => $".{Mint()}";

    public static bool IsTemporary(string name) => name.StartsWith('.');
}
