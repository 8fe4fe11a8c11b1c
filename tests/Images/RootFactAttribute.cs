namespace Appliance.Tests.Images;

/// <summary>A test that unpacks files of other owners; skipped, and said so, where that is not allowed.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root: files of images belong to many users";
        }
    }
}
