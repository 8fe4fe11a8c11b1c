using Appliance.Containers.Networks.Namespaces;

namespace Appliance.Tests.Containers.Networks;

/// <summary>A test that makes network namespaces; skipped, and said so, where that is not allowed.</summary>
public sealed class NetworkFactAttribute : FactAttribute
{
    /// <summary>Why such tests are skipped; null when they are not.</summary>
    public static readonly string? Obstacle = Find();

    public NetworkFactAttribute() => Skip = Obstacle;

    private static string? Find()
    {
        string path = Path.Combine(Path.GetTempPath(), $"netns-{Guid.NewGuid():N}");
        try
        {
            NetworkNamespace.Create(path).Dispose();
            NetworkNamespace.Delete(path);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"needs the right to make network namespaces (root): {failure.Message}";
        }
    }
}
